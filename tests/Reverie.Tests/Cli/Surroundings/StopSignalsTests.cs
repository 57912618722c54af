using System.Diagnostics;
using Reverie.Tests.Fakes;
using Reverie.Tests.Training;

namespace Reverie.Tests.Cli.Surroundings;

/// <summary>A run without end and without checkpoints of its own: what is saved, the signal saved.</summary>
public sealed class StopSignalsTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private string Run => folder["run"];

    private string[] Command =>
    [
        "train", "--task", "cartpole_swingup", "--preset", "planet,tiny,vector,debug", "--run", Run,
        "--env-steps", "100000000", "--set", "training.checkpoint_every=1000000", "--set", "compute.threads=1",
    ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("HUP", 129)]
    [InlineData("QUIT", 131)]
    [InlineData("USR1", 138)]
    [InlineData("XCPU", 152)]
    public void WhatAsksToStopSavesAndEndsWith128AndItsNumber(string signal, int code)
    {
        using var process = CliProcess.Start(Command);
        WaitForUpdates(process);
        process.Signal(signal);
        var (ended, output, error) = process.Wait();
        Assert.True(ended == code, $"{ended}: {error}");
        Assert.StartsWith("saved at ", output.Split('\n')[^1]);
        Assert.True(int.Parse(Path.GetFileName(RunContent.Newest(Run))) > 0);
    }

    [Fact]
    public void WhatASchedulerSendsTwiceIsOneSignal()
    {
        using var process = CliProcess.Start(Command);
        WaitForUpdates(process);
        process.Signal("TERM");
        process.Signal("TERM");
        Assert.Equal(128 + 15, process.Wait().Code);
        Assert.NotEmpty(RunContent.Newest(Run));
    }

    [Fact]
    public void WhatIsIgnoredAtTheStartStaysIgnored()
    {
        using var process = CliProcess.StartIgnoring("INT,HUP", Command);
        WaitForUpdates(process);
        process.Signal("INT");
        process.Signal("HUP");
        process.Signal("TERM");
        Assert.Equal(128 + 15, process.Wait().Code);
    }

    private void WaitForUpdates(CliProcess process)
    {
        var log = Path.Combine(Run, "metrics.jsonl");
        for (var watch = Stopwatch.StartNew(); !Updates(log); Thread.Sleep(5))
            Assert.True(!process.HasExited && watch.Elapsed.TotalMinutes < 3, $"no update in {log}");
    }

    private static bool Updates(string log)
    {
        if (!File.Exists(log))
            return false;
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Contains("\"kind\":\"update\"", StringComparison.Ordinal);
    }
}
