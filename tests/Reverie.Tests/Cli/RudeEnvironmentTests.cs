using System.Text.Json;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Cli;

/// <summary>What somebody's environment does to the process that it is in.</summary>
public class RudeEnvironmentTests
{
    [Fact]
    public void ItsPrintsStayOutOfTheResultsAndItsThreadsHoldNobodyUp()
    {
        using var cli = CliProcess.Start("env", "check", RudeEnvironment.Task, "--steps", "20", "--json");
        cli.Wait();
        var (code, output, error) = cli.Result;
        Assert.Equal((0, 1), (code, output.Split('\n').Length));
        using var report = JsonDocument.Parse(output);
        Assert.True(report.RootElement.GetProperty("ok").GetBoolean());
        Assert.Contains("a step, said by the environment", error);
        Assert.Contains("a step, written past the console", error);
    }

    [Fact]
    public void OneThatEndsTheProcessIsALineAndAFailure()
    {
        using var cli = CliProcess.Start("env", "check", LeavingEnvironment.Task, "--steps", "20");
        cli.Wait();
        Assert.Equal(1, cli.Result.Code);
        Assert.StartsWith("reverie: something in this process, an environment perhaps, ended it",
            cli.Result.Error.Split('\n')[^1]);
    }

    [Fact]
    public void AThreadOfItThatThrowsIsALineAndAFailure()
    {
        using var cli = CliProcess.Start("env", "check", ThrowingThreadEnvironment.Task, "--steps", "20");
        cli.Wait();
        Assert.Equal(1, cli.Result.Code);
        Assert.Equal("reverie: a thread that the environment started threw InvalidOperationException: the physics thread "
            + "died; a run goes on from its last checkpoint", cli.Result.Error.Split('\n')[^1]);
    }

    [Fact]
    public void OneThatCannotBeDisposedOfIsWarnedOfAndCanBeTrainedIn()
    {
        using var check = CliProcess.Start("env", "check", StayingEnvironment.Task, "--steps", "20");
        var (code, output, _) = check.Wait();
        Assert.Equal(0, code);
        Assert.Contains("warning: its Dispose threw IOException: device is busy", output);
        using var folder = new TemporaryDirectory();
        using var train = CliProcess.Start("train", "--task", StayingEnvironment.Task, "--preset",
            "planet,tiny,vector,debug", "--env-steps", "20", "--run", folder["run"]);
        Assert.Equal(0, train.Wait().Code);
    }
}
