using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Gymnasium;
using Reverie.Replay;
using Reverie.Training;

namespace Reverie.Tests.Gymnasium;

/// <summary>What can go wrong at the other end, each in one line.</summary>
public sealed class GymnasiumFaultTests : IDisposable
{
    private readonly PythonPath python = new();
    private readonly List<string> told = [];

    public GymnasiumFaultTests()
    {
        GymnasiumTasks.Register();
        GymnasiumTasks.Logger = new LineLogger(told.Add);
    }

    public void Dispose()
    {
        GymnasiumTasks.Logger = new LineLogger(Console.Error.WriteLine);
        python.Dispose();
    }

    [Theory]
    [InlineData("Exits", "its Python process ended with exit code 7 at step")]
    [InlineData("Killed", "its Python process ended by signal 9 at step")]
    public void AProcessThatDiesIsAnExceptionAndIsReplaced(string name, string why)
    {
        using var environment = Make(name);
        environment.Reset(4);
        environment.Step([1, 0]);
        var before = environment.Step([1, 0]);
        var message = Assert.ThrowsAny<ReverieException>(() => environment.Step([1, 0])).Message;
        Assert.StartsWith(why, message);
        Assert.DoesNotContain('\n', message);

        Assert.Equal(before.Vector[1], environment.Reset(4).Vector[1]);
        Assert.Equal(1, environment.Step([1, 0]).Vector[0]);
    }

    [Fact]
    public void OneThatDiesInEveryEpisodeEndsTheCollectingAndNothingIsLearnedFromIt()
    {
        var told = new List<string>();
        var config = new EnvironmentConfig { Timeout = 60 };
        using var environments = ParallelEnvironments.Make(Task("Exits"), config, 1, ObservationKind.Vector);
        var layout = EpisodeLayout.From(environments.ObservationSpace, environments.ActionSpace);
        var collector = new Collector(environments, layout, told.Add);
        var message = Assert.ThrowsAny<ReverieException>(
            () => collector.Collect(new RandomAgent(layout), ActMode.Collect, 3)).Message;
        Assert.Contains("crashed 3 times without finishing an episode, at last at decision 3", message);
        Assert.All(told, line => Assert.Contains("its Python process ended with exit code 7 at step", line));
        Assert.Equal(2, told.Count);
    }

    [Fact]
    public void OneThatTakesTooLongIsEnded()
    {
        using var environment = new GymnasiumEnvironment(
            "trial_environments:Trial/Sleeps-v0", new EnvironmentConfig { Timeout = 5 }, 0);
        environment.Reset(1);
        environment.Step([1, 0]);
        environment.Step([1, 0]);
        Assert.Contains("took more than 5 s at step and was ended; environment.timeout",
            Assert.ThrowsAny<ReverieException>(() => environment.Step([1, 0])).Message);
    }

    [Fact]
    public void AnExceptionTellsTheLastLineOfItsTraceback()
    {
        using var environment = Make("Raises");
        environment.Reset(1);
        environment.Step([1, 0]);
        environment.Step([1, 0]);
        var message = Assert.ThrowsAny<ReverieException>(() => environment.Step([1, 0])).Message;
        Assert.Matches(
            @"^Python at step: ValueError: the wheel came off \(trial_environments\.py, line \d+\)$", message);
        Assert.Equal(0, environment.Reset(1).Vector[0]);    // Python itself is still there
    }

    [Fact]
    public void ANumberThatIsNoneIsFoundByTheGuard()
    {
        using var environment = EnvironmentRegistry.Make(
            Task("Nan"), new EnvironmentConfig(), 1, ObservationKind.Vector);
        environment.Reset(1);
        environment.Step([1, 0]);
        environment.Step([1, 0]);
        Assert.Contains("its reward is NaN", Assert.ThrowsAny<ReverieException>(() => environment.Step([1, 0])).Message);
    }

    [Fact]
    public void WhatCannotBeMadeIsToldInALine()
    {
        Told(Task("Speech"), "actions of", "are not known here");
        Told("gym:trial_environments:Trial/Nothing-v0", "LookupError: Environment `Trial/Nothing-v0` doesn't exist.");
        Told("gym:no_such_module:X-v0", "No module named 'no_such_module'");
        Told("gym:", "names no environment");
        using (var old = Make("Old"))
        {
            old.Reset(1);
            Assert.Contains("step returned 4 values",
                Assert.ThrowsAny<ReverieException>(() => old.Step([1, 0])).Message);
        }
    }

    [Fact]
    public void AMissingPythonOrGymnasiumIsToldWithItsRemedy()
    {
        using (new PythonPath(program: "/nowhere/python3"))
            Told("gym:NeverMade-v0", "no Python here (tried /nowhere/python3)", "REVERIE_PYTHON");
        var folder = Directory.CreateTempSubdirectory("reverie-python").FullName;
        File.WriteAllText(Path.Combine(folder, "gymnasium.py"),
            "raise ModuleNotFoundError(\"No module named 'gymnasium'\", name='gymnasium')");
        using (new PythonPath(folder))
            Told("gym:NeverMade-v0", "No module named 'gymnasium' (tried /usr/bin/python3)", "pip install gymnasium");
        Directory.Delete(folder, recursive: true);
    }

    private static void Told(string task, params string[] words)
    {
        var message = Assert.ThrowsAny<ReverieException>(() => EnvironmentRegistry.Find(task)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(words, word => Assert.Contains(word, message));
    }

    private static string Task(string name) => $"gym:trial_environments:Trial/{name}-v0";

    private static GymnasiumEnvironment Make(string name) =>
        new($"trial_environments:Trial/{name}-v0", new EnvironmentConfig { Timeout = 60 }, 0);
}
