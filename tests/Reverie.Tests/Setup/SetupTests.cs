namespace Reverie.Tests.Setup;

public sealed class SetupTests : IDisposable
{
    private readonly SetupSandbox machine = new();

    public void Dispose() => machine.Dispose();

    [Fact]
    public void FirstStartSaysEachStepInOneLineAndKeepsStandardOutputClean()
    {
        machine.Set("ATEN_CPU_CAPABILITY", "default");
        machine.Set("OMP_NUM_THREADS", "3");
        var result = machine.Run("reverie", "train", "--task", "x y");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["ran train --task x y in / with default on 3 threads"], result.Output);
        Assert.Collection(result.Errors,
            line => Assert.StartsWith("reverie: installing Debian packages: g++ cmake ", line),
            line => Assert.StartsWith("reverie: building the native part against the installed libtorch", line),
            line => Assert.StartsWith("reverie: building Reverie.Cli", line));
        Assert.Contains("libopenblas0-openmp", machine.Lines("installed"));
        Assert.DoesNotContain(machine.Lines("apt.log"), line => line.EndsWith(" update"));
    }

    [Fact]
    public void SecondStartDoesNothingWithinASecond()
    {
        machine.Run("reverie");
        var seconds = double.MaxValue;
        for (var repetition = 0; repetition < 3; repetition++)
        {
            var result = machine.Run("reverie", "tasks");
            Assert.Equal((0, 0), (result.ExitCode, result.Errors.Length));
            seconds = Math.Min(seconds, result.Elapsed.TotalSeconds);
        }
        Assert.InRange(seconds, 0, 1);
        Assert.Single(machine.Lines("apt.log"));
        Assert.Equal(2, machine.Lines("cmake.log").Length);
        Assert.Single(machine.Lines("build.log"));
    }

    [Fact]
    public void OnlyWhatChangedIsBuiltAgain()
    {
        machine.Run("reverie");

        machine.Write("native/torch_binding.cpp", "second");
        Assert.StartsWith("reverie: building the native part", Assert.Single(machine.Run("reverie").Errors));
        machine.Write("src/New.cs", "");
        Assert.StartsWith("reverie: building Reverie.Cli", Assert.Single(machine.Run("reverie").Errors));
        File.Delete(Path.Combine(machine.Root, "src/New.cs"));
        Assert.StartsWith("reverie: building Reverie.Cli", Assert.Single(machine.Run("reverie").Errors));
        machine.Write("src/obj/Generated.cs", "");
        Assert.Empty(machine.Run("reverie").Errors);
    }

    [Fact]
    public void AfterABuildThatFailedTheFormerSourcesAreBuiltAgain()
    {
        machine.Run("reverie");
        var working = File.ReadAllText(Path.Combine(machine.Root, "tools/dotnet"));
        machine.Tool("dotnet", working + "\n[[ $1 != build ]] || { echo 'error: half built'; exit 1; }");
        machine.Write("src/Program.cs", "second");
        Assert.Equal(1, machine.Run("reverie").ExitCode);

        machine.Tool("dotnet", working);
        machine.Write("src/Program.cs", "first");
        Assert.StartsWith("reverie: building Reverie.Cli", Assert.Single(machine.Run("reverie").Errors));
    }

    [Fact]
    public void PackageListsAreFetchedWhenTheFirstAttemptFails()
    {
        var install = File.ReadAllText(Path.Combine(machine.Root, "tools/apt-get"));
        machine.Tool("apt-get", """
            [[ $* != *' update' ]] || touch "$SANDBOX/lists"
            [[ $* == *' update' || -e $SANDBOX/lists ]] || { echo 'E: Unable to locate package'; exit 100; }
            """ + "\n" + install);

        Assert.Equal(0, machine.Run("reverie").ExitCode);
        Assert.Collection(machine.Lines("apt.log"),
            line => Assert.EndsWith(" update", line), line => Assert.Contains(" install ", line));
    }

    [Fact]
    public async Task TwoStartsAtOnceSetUpOnce()
    {
        machine.Tool("cmake", File.ReadAllText(Path.Combine(machine.Root, "tools/cmake")) + "\nsleep 0.5");
        var results = await Task.WhenAll(machine.Start("reverie", "first"), machine.Start("reverie", "second"));

        Assert.All(results, result => Assert.Equal((0, 1), (result.ExitCode, result.Output.Length)));
        Assert.Single(machine.Lines("apt.log"));
        Assert.Equal(2, machine.Lines("cmake.log").Length);
        Assert.Single(machine.Lines("build.log"));
    }

    [Fact]
    public void TheNumberOfThreadsIsLeftToTheProgram() =>
        Assert.EndsWith(" on no threads", Assert.Single(machine.Run("reverie").Output));

    [Fact]
    public void ALinkToTheScriptWorksFromAnywhere()
    {
        File.CreateSymbolicLink(Path.Combine(machine.Root, "home/dream"), Path.Combine(machine.Root, "reverie"));
        var result = machine.Run("home/dream", "doctor");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("ran doctor in /", Assert.Single(result.Output));
    }
}
