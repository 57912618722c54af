using System.Text.Json;
using Reverie.Cli;
using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.Cli;

public sealed class TasksVerbTests
{
    [Fact]
    public void TheListFitsATerminalAndNamesEveryTask()
    {
        var lines = Run("tasks").Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 120));
        Assert.All(ControlSuiteTasks.Names, task => Assert.Contains(lines, line => line.StartsWith($"{task} ")));
        var swingup = Assert.Single(lines, line => line.StartsWith("cartpole_swingup "));
        Assert.Equal(["cartpole_swingup", "1", "5", "1000", "8 / 2", "0", "821", "312.6", "833.7", "865 ± 7"],
            swingup.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public void JsonCarriesEverything()
    {
        var rows = Run("tasks", "--json").TrimEnd().Split('\n')
            .Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var swingup = Assert.Single(rows, row => row.GetProperty("task").GetString() == "cartpole_swingup");
        Assert.Equal("cartpole", swingup.GetProperty("domain").GetString());
        Assert.Equal(1, swingup.GetProperty("action_size").GetInt32());
        Assert.Equal(5, swingup.GetProperty("vector_size").GetInt32());
        Assert.Equal("velocity", swingup.GetProperty("observations")[1].GetProperty("name").GetString());
        Assert.Equal(8, swingup.GetProperty("action_repeat").GetInt32());
        Assert.Equal(1000, swingup.GetProperty("episode_steps").GetInt32());
        Assert.Equal(125, swingup.GetProperty("episode_decisions").GetInt32());
        Assert.Equal(0, swingup.GetProperty("camera").GetInt32());
        Assert.Equal("Dreamer", swingup.GetProperty("protocols")[1].GetProperty("agent").GetString());
        Assert.All(rows, row => Assert.All(row.GetProperty("published_scores").EnumerateArray(),
            score => Assert.NotEqual("", score.GetProperty("source").GetString())));
    }

    [Fact]
    public void OneTaskIsShownWithEverySource()
    {
        var shown = Run("tasks", "finger_spin");
        Assert.Contains("9: position 4, velocity 3, touch 2", shown);
        Assert.Contains("arXiv 1811.04551 (PlaNet)", shown);
        Assert.Contains("arXiv 1801.00690", shown);
        Assert.Contains("515 ± 206", shown);
        Assert.All(shown.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
        Assert.Single(Run("tasks", "finger_spin", "--json").TrimEnd().Split('\n'));
    }

    // In a process of its own: other tests register tasks in this one.
    private static string Run(params string[] typed)
    {
        using var process = CliProcess.Start(typed);
        var (code, output, error) = process.Wait();
        Assert.Equal((0, ""), (code, error));
        return output;
    }
}
