using System.Text.Json;
using Reverie.Runs;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Training;

public sealed class ComputeRecordTests
{
    private static readonly ComputeRecord Before = new("cpu", "bf16", "own", 2, "avx512", "2.6.0");

    [Fact]
    public void WhatIsAnotherThanBeforeIsOneLineAndTheSameIsNone()
    {
        Assert.Null((Before with { }).ChangedSince(Before));
        Assert.Equal("goes on with precision fp32 (before: bf16), threads 1 (before: 2): from here on numbers may "
            + "differ in their last digits from those of a run that went on as it began",
            (Before with { Precision = "fp32", Threads = 1 }).ChangedSince(Before));
    }

    [Fact]
    public void ACheckpointKeepsWhatItWasComputedWith()
    {
        BarEnvironment.Register();
        using var folder = new TemporaryDirectory();
        TinyRun.Complete(folder["run"], "training.env_steps=30", "training.evaluate_every=0");
        var file = Path.Combine(RunContent.Newest(folder["run"]), "state.json");
        using var state = JsonDocument.Parse(File.ReadAllBytes(file));
        var kept = state.RootElement.GetProperty("compute");
        Assert.Equal((1, "own"), (kept.GetProperty("threads").GetInt32(), kept.GetProperty("kernels").GetString()));
        Assert.Equal(6, kept.EnumerateObject().Count());
    }
}
