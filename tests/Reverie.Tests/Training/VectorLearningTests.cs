using Reverie.Configuration;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>The whole of it learns: environment, replay, model and planner, from vectors alone.</summary>
public sealed class VectorLearningTests
{
    private static readonly string[] Sizes =
    [
        "task=" + RailEnvironment.Task, "model.encoder=vector", "compute.device=cpu", "compute.precision=fp32",
        "compute.threads=1", "model.stoch=4", "model.deter=16", "model.hidden=16", "model.vector_layers=1",
        "model.vector_units=16", "model.reward_units=16", "replay.batch_size=16", "replay.chunk_length=10",
        "planner.horizon=5", "planner.iterations=3", "planner.candidates=50", "planner.elites=5",
        "optimizer.learning_rate=0.003", "loss.vector=10", "loss.free_nats=1", "training.seed_episodes=10",
        "training.updates_per_episode=60", $"training.env_steps={20 * RailEnvironment.Decisions}",
        "training.evaluate_every=0",
    ];

    /// <summary>Ten episodes of random actions and ten of its own. The best there is comes near 12: two or three
    /// decisions to the middle, then a reward of 1 each.</summary>
    [Fact]
    public void AVectorIsLearnedAndActedOnWithoutAPicture()
    {
        RailEnvironment.Register();
        using var directory = new TemporaryDirectory();
        var threads = Reverie.Torch.Torch.Threads;
        try
        {
            using var run = TrainingRun.Open(directory["run"], ConfigReader.Resolve(new ConfigSources
            {
                Presets = Presets.Stack("planet,tiny"), Overrides = [.. Sizes.Select(ConfigOverride.Parse)],
            }));
            var before = run.Evaluate(episodes: 10, seed: 3);
            Assert.True(run.Train(_ => { }));
            var after = run.Evaluate(episodes: 10, seed: 3);
            Assert.True(before.Mean < 4 && after.Mean > 9, $"{before.Mean} before, {after.Mean} after");
            Assert.True(after.Min > before.Mean, $"{after.Min} at worst");
        }
        finally
        {
            Reverie.Torch.Torch.Threads = threads;
        }
    }
}
