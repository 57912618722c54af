using System.Diagnostics;
using Reverie.Tests.Fakes;
using Reverie.Tests.Training;

namespace Reverie.Tests.Cli;

/// <summary>A real process, killed or interrupted, and the same command again: the run that was left alone.</summary>
public sealed class KillTests : IClassFixture<KillTests.WholeRun>, IDisposable
{
    private readonly TemporaryDirectory folder = new();
    private readonly WholeRun whole;

    public KillTests(WholeRun whole) => this.whole = whole;

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void ARunThatWasKilledGoesOnBitForBit(int updates)
    {
        using (var first = CliProcess.Start(Command(Run)))
        {
            WaitForCheckpoint(first, updates);
            first.Kill();
            Assert.Equal(128 + 9, first.Result.Code);
        }
        Complete(Run);
        Assert.Equal(whole.Content, RunContent.Of(Run));
    }

    [Fact]
    public void CtrlCSavesSaysSoAndGoesOnBitForBit()
    {
        using (var first = CliProcess.Start(Command(Run)))
        {
            WaitForCheckpoint(first, 3);
            first.Interrupt();
            var (code, output, _) = first.Wait();
            Assert.Equal(130, code);
            Assert.Matches(@"^saved at \d+ env steps; `reverie train --run .*run` goes on$", output.Split('\n')[^1]);
        }
        Complete(Run);
        Assert.Equal(whole.Content, RunContent.Of(Run));
    }

    // Long enough that what is interrupted early has not ended before it notices.
    private static string[] Command(string run) =>
    [
        "train", "--task", "cartpole_swingup", "--preset", "planet,tiny,debug", "--run", run, "--env-steps", "3200",
        "--set", "training.log_every=2", "--set", "model.cnn_depth=2", "--set", "planner.candidates=8",
    ];

    private static string Complete(string run)
    {
        using var process = CliProcess.Start(Command(run));
        var (code, output, error) = process.Wait();
        Assert.True(code == 0, error);
        return output;
    }

    private void WaitForCheckpoint(CliProcess process, int updates)
    {
        var awaited = Path.Combine(Run, "checkpoints", $"{updates:D9}");
        for (var watch = Stopwatch.StartNew(); !Directory.Exists(awaited); Thread.Sleep(1))
            Assert.True(!process.HasExited && watch.Elapsed.TotalMinutes < 3, $"{awaited} did not appear");
    }

    /// <summary>The run that was left alone, made once.</summary>
    public sealed class WholeRun : IDisposable
    {
        private readonly TemporaryDirectory folder = new();

        public WholeRun()
        {
            Output = Complete(folder["run"]);
            Content = RunContent.Of(folder["run"]);
        }

        public string Output { get; }

        internal SortedDictionary<string, string> Content { get; }

        public void Dispose() => folder.Dispose();
    }
}
