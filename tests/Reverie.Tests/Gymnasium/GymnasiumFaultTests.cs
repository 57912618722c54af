using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Gymnasium;

namespace Reverie.Tests.Gymnasium;

/// <summary>What can go wrong at the other end, each in one line.</summary>
public sealed class GymnasiumFaultTests : IDisposable
{
    private readonly PythonPath python = new();
    private readonly List<string> told = [];

    public GymnasiumFaultTests()
    {
        GymnasiumTasks.Register();
        GymnasiumTasks.Tell = told.Add;
    }

    public void Dispose()
    {
        GymnasiumTasks.Tell = line => Console.Error.WriteLine(line);
        python.Dispose();
    }

    [Theory]
    [InlineData("Exits", "its Python process ended with exit code 7 at step")]
    [InlineData("Killed", "its Python process ended by signal 9 at step")]
    public void A_process_that_dies_truncates_the_episode_and_is_replaced(string name, string why)
    {
        using var environment = Make(name);
        environment.Reset(4);
        environment.Step([1, 0]);
        var before = environment.Step([1, 0]);
        var last = environment.Step([1, 0]);
        Assert.Equal((true, false, 0.0), (last.IsLast, last.IsTerminal, last.Reward));
        Assert.Equal(before.Vector, last.Vector);
        Assert.Contains(why, Assert.Single(told));
        Assert.DoesNotContain('\n', told[0]);

        Assert.Equal(before.Vector[1], environment.Reset(4).Vector[1]);
        Assert.Equal(1, environment.Step([1, 0]).Vector[0]);
    }

    [Fact]
    public void The_third_death_in_a_row_is_an_error()
    {
        using var environment = Make("Exits");
        for (var death = 1; death <= GymnasiumEnvironment.MostDeaths; death++)
        {
            environment.Reset(death);
            environment.Step([1, 0]);
            environment.Step([1, 0]);
            if (death < GymnasiumEnvironment.MostDeaths)
                Assert.True(environment.Step([1, 0]).IsLast);
            else
                Assert.Contains("3rd time", Assert.Throws<ReverieException>(() => environment.Step([1, 0])).Message);
        }
    }

    [Fact]
    public void One_that_takes_too_long_is_ended()
    {
        using var environment = new GymnasiumEnvironment(
            "trial_environments:Trial/Sleeps-v0", new EnvironmentConfig { Timeout = 5 }, 0);
        environment.Reset(1);
        environment.Step([1, 0]);
        environment.Step([1, 0]);
        Assert.True(environment.Step([1, 0]) is { IsLast: true, IsTerminal: false });
        Assert.Contains("took more than 5 s at step and was ended; environment.timeout", Assert.Single(told));
    }

    [Fact]
    public void An_exception_tells_the_last_line_of_its_traceback()
    {
        using var environment = Make("Raises");
        environment.Reset(1);
        environment.Step([1, 0]);
        environment.Step([1, 0]);
        var message = Assert.Throws<ReverieException>(() => environment.Step([1, 0])).Message;
        Assert.Matches(
            @"^Python at step: ValueError: the wheel came off \(trial_environments\.py, line \d+\)$", message);
        Assert.Equal(0, environment.Reset(1).Vector[0]);    // Python itself is still there
    }

    [Fact]
    public void A_number_that_is_none_is_found_by_the_guard()
    {
        using var environment = EnvironmentRegistry.Make(
            Task("Nan"), new EnvironmentConfig(), 1, ObservationKind.Vector);
        environment.Reset(1);
        environment.Step([1, 0]);
        environment.Step([1, 0]);
        Assert.Contains("its reward is NaN", Assert.Throws<ReverieException>(() => environment.Step([1, 0])).Message);
    }

    [Fact]
    public void What_cannot_be_made_is_told_in_a_line()
    {
        Told(Task("Tuple"), "actions of", "are not known here");
        Told("gym:trial_environments:Trial/Nothing-v0", "LookupError: Environment `Trial/Nothing-v0` doesn't exist.");
        Told("gym:no_such_module:X-v0", "No module named 'no_such_module'");
        Told("gym:", "names no environment");
        using (var old = Make("Old"))
        {
            old.Reset(1);
            Assert.Contains("step returned 4 values",
                Assert.Throws<ReverieException>(() => old.Step([1, 0])).Message);
        }
    }

    [Fact]
    public void A_missing_Python_or_Gymnasium_is_told_with_its_remedy()
    {
        using (new PythonPath(program: "/nowhere/python3"))
            Told("gym:CartPole-v1", "no Python here (tried /nowhere/python3)", "REVERIE_PYTHON");
        var folder = Directory.CreateTempSubdirectory("reverie-python").FullName;
        File.WriteAllText(Path.Combine(folder, "gymnasium.py"),
            "raise ModuleNotFoundError(\"No module named 'gymnasium'\", name='gymnasium')");
        using (new PythonPath(folder))
            Told("gym:CartPole-v1", "No module named 'gymnasium' (tried /usr/bin/python3)", "pip install gymnasium");
        Directory.Delete(folder, recursive: true);
    }

    private static void Told(string task, params string[] words)
    {
        var message = Assert.Throws<ReverieException>(() => EnvironmentRegistry.Find(task)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(words, word => Assert.Contains(word, message));
    }

    private static string Task(string name) => $"gym:trial_environments:Trial/{name}-v0";

    private static GymnasiumEnvironment Make(string name) =>
        new($"trial_environments:Trial/{name}-v0", new EnvironmentConfig { Timeout = 60 }, 0);
}
