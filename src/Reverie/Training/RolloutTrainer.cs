using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>
/// The loop of A3C, its workers in step: <c>training.rollout</c> rows of each environment, and one update from all of them,
/// again and again, with evaluations and checkpoints between. It knows nothing of networks.
/// </summary>
/// <remarks>A rollout and its update are one piece of work: a run that is asked to stop ends it first, and one that is killed
/// plays it again. Episodes go on from one rollout to the next; none is kept.</remarks>
public sealed class RolloutTrainer : StreamTrainer
{
    private readonly Config config;
    private readonly RolloutReplay replay;
    private readonly RolloutCollector collector;
    private readonly SequenceBatch batch;

    /// <inheritdoc cref="Trainer(Config, RunDirectory, IAgent, ParallelEnvironments, RunLogger, ILogger, Config, int)"/>
    public RolloutTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        ILogger logger) : base(config, run, agent, environments, log, logger)
    {
        var acting = agent as IActingMemory ?? throw new ConfigurationException(
            $"agent: what {config.Agent} remembers cannot be written down, so that it cannot learn from rollouts");
        var (steps, folder) = (Saved?.Steps, Saved?.Folder ?? "");
        this.config = config;
        replay = new RolloutReplay(Layout, acting.MemoryRows, config.Training.Rollout, environments.Count, RandomOfReplay(),
            steps?.Replay, folder);
        collector = new RolloutCollector(environments, replay, acting, config, logger, steps, folder);
        batch = replay.CreateBatch();
    }

    private protected override bool IsOver => Counters.EnvSteps >= config.Training.EnvSteps;

    private protected override bool HasLearned => true;

    private protected override IReplay Memory => replay;

    private protected override StepState? Steps => new(collector.Acts, null, collector.Places, replay.State);

    private protected override bool CanGoOn => !replay.IsUnderWay;

    /// <inheritdoc/>
    protected override bool TryWork(CancellationToken cancel)
    {
        if (EvaluationIsDue) Evaluate(cancel);
        else if (IsOver) return false;
        else
        {
            var before = Counters;
            while (!replay.CanSample) Collect(cancel);
            Counters = Ranks.Add(before, Counters);
            Update(replay, batch);
        }
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        collector.Dispose();
        base.Dispose();
    }

    private protected override void SaveStepsTo(string folder)
    {
        replay.SaveTo(folder);
        collector.Acted?.SaveTo(folder);
    }

    private void Collect(CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var taken = collector.Step(replay.IsUnderWay ? CancellationToken.None : cancel);
        Count(taken, watch.Elapsed.TotalSeconds);
    }
}
