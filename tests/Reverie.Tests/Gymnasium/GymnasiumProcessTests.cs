using System.Diagnostics;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Gymnasium;

namespace Reverie.Tests.Gymnasium;

/// <summary>What a Python process shares with the environment in it, and how it ends.</summary>
public sealed class GymnasiumProcessTests : IDisposable
{
    private readonly PythonPath python = new();

    public void Dispose() => python.Dispose();

    [Theory]
    [InlineData("starts_a_reader")]
    [InlineData("keeps_a_reader")]
    [InlineData("closes_all")]
    [InlineData("forks")]
    [InlineData("is_signalled")]
    [InlineData("prints")]
    public void AnEnvironmentMayDoAsItLikesAndLosesNoCommand(string habit)
    {
        using var environment = Make(habit);
        for (var episode = 0; episode < 2; episode++)
        {
            Assert.Equal(0, environment.Reset(12345).Vector[0]);
            for (var step = 1; step <= 3; step++)
                Assert.Equal(step, environment.Step([1, 0]).Vector[0]);
        }
    }

    [Fact]
    public void ItsWorkersAndProgramsAreEndedBySignalsAsEverywhere()
    {
        using var environment = Make("has_workers");
        environment.Reset(1);
        Assert.Equal(30, environment.Step([1, 0]).Vector[1]);
    }

    [Theory]
    [InlineData("answers_by_itself", "something else than its answer came from its Python process at step, which was "
        + "ended: k")]
    [InlineData("floods_the_answers", "it wrote a line of more than 16384 bytes: xxx")]
    [InlineData("has_an_odd_error", @"Python at step: ValueError: no caf\udce9 and [31mmuchxxx")]
    [InlineData("dies_with_odd_words", "its Python process ended with exit code 3 at step: cannot open caf\ufffd.map")]
    [InlineData("word", "Python at step: TypeError: terminated is 'False', which is neither true nor false")]
    [InlineData("none", "Python at step: TypeError: terminated is None, which is neither true nor false")]
    public void WhatGoesWrongIsOneShortLine(string habit, string start)
    {
        using var environment = Make(habit);
        environment.Reset(1);
        var message = Assert.ThrowsAny<ReverieException>(() => environment.Step([1, 0])).Message;
        Assert.StartsWith(start, message);
        Assert.True(message.Length < 900 && !message.Any(char.IsControl), message);
        Assert.Equal(0, environment.Reset(1).Vector[0]);
    }

    [Fact]
    public void ATruthValueMayComeAsAnArrayOfOne()
    {
        using var environment = Make("one");
        environment.Reset(1);
        Assert.False(environment.Step([1, 0]).IsLast);
    }

    [Fact]
    public void AStepThatLetsNothingElseInPythonRunIsEndedInTime()
    {
        using var environment = new GymnasiumEnvironment(
            "trial_processes:holds_the_interpreter-v0", new EnvironmentConfig { Timeout = 1 }, 0);
        environment.Reset(1);
        var watch = Stopwatch.StartNew();
        Assert.Contains("took more than 1 s at step",
            Assert.ThrowsAny<ReverieException>(() => environment.Step([1, 0])).Message);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
    }

    [Fact]
    public void ItsProgramsEndWithItWhereverTheyAre()
    {
        int program;
        using (var environment = Make("leaves_a_program"))
        {
            environment.Reset(1);
            program = (int)environment.Step([1, 0]).Vector[1];
            Assert.True(Directory.Exists($"/proc/{program}"));
        }
        Assert.False(Directory.Exists($"/proc/{program}"));
    }

    [FactWithNamedMemory]
    public void WhoCleansUpAfterADeadEnvironmentHasTheTimeForIt()
    {
        using var environment = Make("leaves_shared_memory");
        environment.Reset(1);
        var memory = $"/dev/shm/reverie-trial-{environment.Step([1, 0]).Vector[1]}";
        Assert.True(File.Exists(memory));
        Assert.ThrowsAny<ReverieException>(() => environment.Step([1, 0]));
        Assert.False(File.Exists(memory));
    }

    [Fact]
    public void OneThatDoesNotCloseIsClosed()
    {
        var environment = Make("close_hangs");
        environment.Reset(1);
        var watch = Stopwatch.StartNew();
        environment.Dispose();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
    }

    [Fact]
    public void APictureTooLargeToBeDrawnIsNone()
    {
        var told = new List<string>();
        GymnasiumTasks.Register();
        GymnasiumTasks.Logger = new LineLogger(told.Add);
        try
        {
            Assert.IsType<BoxSpace>(EnvironmentRegistry.Find("gym:trial_processes:draws-v0").ObservationSpace);
        }
        finally
        {
            GymnasiumTasks.Logger = new LineLogger(Console.Error.WriteLine);
        }
        Assert.Contains("30000 by 30000, which is too large", Assert.Single(told));
    }

    [Fact]
    public void APictureTooLargeToBeShownIsRefused() => Assert.Contains(
        "ValueError: observation of (30000, 30000, 3) is too large; a picture has 67108864 pixels at most",
        Assert.ThrowsAny<ReverieException>(() => Make("giant").Dispose()).Message);

    [Fact]
    public void WhatIsPrintedBeforeAnythingElseIsPassedOver()
    {
        using var folder = new Folder(("sitecustomize.py",
            "import os\nprint('hello')\nos.write(1, b'reverie-gymnasium\\n1 k\\nno end of line')\n"));
        using (new PythonPath($"{folder.Path}:{PythonPath.Folder}"))
        using (var environment = Make("prints"))
            Assert.Equal(0, environment.Reset(1).Vector[0]);
    }

    [Theory]
    [InlineData("import os\nwhile True: os.write(1, b'x' * 4096)", "it wrote a line of more than 1048576 bytes: xxx")]
    [InlineData("import os\nwhile True: os.write(1, b'\\n' * 4096)", "something else than its answer came")]
    [InlineData("raise SystemExit('no licence')", "/usr/bin/python3: its Python process ended with exit code 1 at "
        + "making it: SystemExit: no licence")]
    public void APythonThatNeverComesToThePointIsGivenUp(string site, string why)
    {
        using var folder = new Folder(("sitecustomize.py", site));
        using (new PythonPath($"{folder.Path}:{PythonPath.Folder}"))
            Assert.Contains(why, Assert.ThrowsAny<ReverieException>(() => Make("prints").Dispose()).Message);
    }

    [Fact]
    public void ASignalToAllProcessesBeforeItHasReadItsScriptStartsAnother()
    {
        using var folder = new Folder();
        File.WriteAllText(Path.Combine(folder.Path, "sitecustomize.py"), $"""
            import os, signal
            if not os.path.exists("{folder.Path}/once"):
                open("{folder.Path}/once", "w").close()
                os.kill(os.getpid(), signal.SIGTERM)
            """);
        using (new PythonPath($"{folder.Path}:{PythonPath.Folder}"))
        using (var environment = Make("prints"))
            Assert.Equal(0, environment.Reset(1).Vector[0]);
    }

    private static GymnasiumEnvironment Make(string habit) =>
        new($"trial_processes:{habit}-v0", new EnvironmentConfig { Timeout = 60 }, 0);

    /// <summary>A test that needs memory with a name in <c>/dev/shm</c>, which the program itself does not.</summary>
    private sealed class FactWithNamedMemoryAttribute : FactAttribute
    {
        public FactWithNamedMemoryAttribute()
        {
            try
            {
                File.Create($"/dev/shm/reverie-{Guid.NewGuid():N}", 1, FileOptions.DeleteOnClose).Dispose();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                Skip = $"nothing can be left in /dev/shm here: {fault.Message}";
            }
        }
    }

    private sealed class Folder : IDisposable
    {
        public Folder(params (string Name, string Text)[] files)
        {
            foreach (var (name, text) in files)
                File.WriteAllText(System.IO.Path.Combine(Path, name), text);
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("reverie-site").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
