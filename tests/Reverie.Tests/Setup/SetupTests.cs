namespace Reverie.Tests.Setup;

public sealed class SetupTests : IDisposable
{
    private readonly SetupSandbox _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void First_start_says_each_step_in_one_line_and_keeps_standard_output_clean()
    {
        _machine.Set("ATEN_CPU_CAPABILITY", "default");
        _machine.Set("OMP_NUM_THREADS", "3");
        var result = _machine.Run("reverie", "train", "--task", "x y");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["ran train --task x y in / with default on 3 threads"], result.Output);
        Assert.Collection(result.Errors,
            line => Assert.StartsWith("reverie: installing Debian packages: g++ cmake ", line),
            line => Assert.StartsWith("reverie: building the native part against the installed libtorch", line),
            line => Assert.StartsWith("reverie: building Reverie.Cli", line));
        Assert.Contains("libopenblas0-openmp", _machine.Lines("installed"));
        Assert.DoesNotContain(_machine.Lines("apt.log"), line => line.EndsWith(" update"));
    }

    [Fact]
    public void Second_start_does_nothing_within_a_second()
    {
        _machine.Run("reverie");
        var seconds = double.MaxValue;
        for (var repetition = 0; repetition < 3; repetition++)
        {
            var result = _machine.Run("reverie", "tasks");
            Assert.Equal((0, 0), (result.ExitCode, result.Errors.Length));
            seconds = Math.Min(seconds, result.Elapsed.TotalSeconds);
        }
        Assert.InRange(seconds, 0, 1);
        Assert.Single(_machine.Lines("apt.log"));
        Assert.Equal(2, _machine.Lines("cmake.log").Length);
        Assert.Single(_machine.Lines("build.log"));
    }

    [Fact]
    public void Only_what_changed_is_built_again()
    {
        _machine.Run("reverie");

        _machine.Write("native/torch_door.cpp", "second");
        Assert.StartsWith("reverie: building the native part", Assert.Single(_machine.Run("reverie").Errors));
        _machine.Write("src/New.cs", "");
        Assert.StartsWith("reverie: building Reverie.Cli", Assert.Single(_machine.Run("reverie").Errors));
        File.Delete(Path.Combine(_machine.Root, "src/New.cs"));
        Assert.StartsWith("reverie: building Reverie.Cli", Assert.Single(_machine.Run("reverie").Errors));
        _machine.Write("src/obj/Generated.cs", "");
        Assert.Empty(_machine.Run("reverie").Errors);
    }

    [Fact]
    public void After_a_build_that_failed_the_former_sources_are_built_again()
    {
        _machine.Run("reverie");
        var working = File.ReadAllText(Path.Combine(_machine.Root, "tools/dotnet"));
        _machine.Tool("dotnet", working + "\n[[ $1 != build ]] || { echo 'error: half built'; exit 1; }");
        _machine.Write("src/Program.cs", "second");
        Assert.Equal(1, _machine.Run("reverie").ExitCode);

        _machine.Tool("dotnet", working);
        _machine.Write("src/Program.cs", "first");
        Assert.StartsWith("reverie: building Reverie.Cli", Assert.Single(_machine.Run("reverie").Errors));
    }

    [Fact]
    public void Package_lists_are_fetched_when_the_first_attempt_fails()
    {
        var install = File.ReadAllText(Path.Combine(_machine.Root, "tools/apt-get"));
        _machine.Tool("apt-get", """
            [[ $* != *' update' ]] || touch "$SANDBOX/lists"
            [[ $* == *' update' || -e $SANDBOX/lists ]] || { echo 'E: Unable to locate package'; exit 100; }
            """ + "\n" + install);

        Assert.Equal(0, _machine.Run("reverie").ExitCode);
        Assert.Collection(_machine.Lines("apt.log"),
            line => Assert.EndsWith(" update", line), line => Assert.Contains(" install ", line));
    }

    [Fact]
    public async Task Two_starts_at_once_set_up_once()
    {
        _machine.Tool("cmake", File.ReadAllText(Path.Combine(_machine.Root, "tools/cmake")) + "\nsleep 0.5");
        var results = await Task.WhenAll(_machine.Start("reverie", "first"), _machine.Start("reverie", "second"));

        Assert.All(results, result => Assert.Equal((0, 1), (result.ExitCode, result.Output.Length)));
        Assert.Single(_machine.Lines("apt.log"));
        Assert.Equal(2, _machine.Lines("cmake.log").Length);
        Assert.Single(_machine.Lines("build.log"));
    }

    [Fact]
    public void The_number_of_threads_is_left_to_the_program() =>
        Assert.EndsWith(" on no threads", Assert.Single(_machine.Run("reverie").Output));

    [Fact]
    public void A_link_to_the_script_works_from_anywhere()
    {
        File.CreateSymbolicLink(Path.Combine(_machine.Root, "home/dream"), Path.Combine(_machine.Root, "reverie"));
        var result = _machine.Run("home/dream", "doctor");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("ran doctor in /", Assert.Single(result.Output));
    }
}
