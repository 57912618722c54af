using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Replay.Data;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>
/// Learns from episodes that somebody else played: they are taken into the run's own, then updates follow, with
/// evaluations where the task can be played. Nothing is collected.
/// </summary>
/// <remarks>Who learns in steps draws from one stream of all episodes. Their rows have the latents of a state that knows
/// nothing, until updates have written others; none is new, so that none comes first.</remarks>
public sealed class OfflineTrainer : Trainer
{
    private const int Reports = 20;

    private readonly Config config;
    private readonly OfflineSource source;
    private readonly DataReport? data;
    private readonly IWholeEpisodes replay;
    private readonly Collector player;
    private readonly EnvironmentPlace[] places;
    private readonly SequenceBatch batch;

    /// <summary>Takes over a run directory; other parameters as of <see cref="Trainer"/>.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="run">Its directory.</param>
    /// <param name="agent">Who learns.</param>
    /// <param name="environments">Where evaluations are played.</param>
    /// <param name="log">Where measurements go.</param>
    /// <param name="logger">Told what the user should know.</param>
    /// <param name="source">What is learned from.</param>
    /// <param name="data">What <see cref="Demand"/> found.</param>
    internal OfflineTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, ILogger logger, OfflineSource source, DataReport? data)
        : base(config, run, agent, environments, log, logger, Recorded(config, data))
    {
        (this.config, this.source, this.data) = (config, source, data);
        player = new Collector(environments, Layout, logger, config.EpisodeDecisions());
        places = [.. Enumerable.Repeat(new EnvironmentPlace(0, 0), environments.Count)];
        replay = config.LearnsInSteps && agent is IStepAgent learner
            ? new StreamReplay(Store, Layout, learner.LatentRows, config.Replay with { Online = false }, environments.Count,
                RandomOfReplay(), Saved?.Steps?.Replay, Saved?.Folder ?? "")
            : new ReplayBuffer(Store, Layout, config.Replay, RandomOfReplay(), logger, agent.Device,
                environments.Tasks.Count);
        batch = replay.CreateBatch();
    }

    /// <summary>Checks what can be known before a run is begun.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="source">What it is to learn from.</param>
    /// <param name="run">Its directory; where it has a checkpoint, the episodes are in it and the folder is not read.
    /// </param>
    /// <param name="restart">Whether it is begun anew, whatever it has.</param>
    /// <param name="ranks">How many learn together.</param>
    /// <returns>What is in the folder; null where it is not needed any more.</returns>
    /// <exception cref="ReverieException">The folder has something wrong in it, or the agent cannot learn
    /// so.</exception>
    internal static DataReport? Demand(Config config, OfflineSource source, string run, bool restart, int ranks) =>
        !restart && Directory.Exists(Path.Combine(run, RunDirectory.CheckpointFolder)) ? null
            : OfflineRules.Demand(new DataFolder(source.Directory, source.Pairing), config, ranks);

    // Once the updates are made.
    private protected override bool IsOver => Counters.Episodes > 0 && Counters.Updates >= UpdatesDue;

    // All environment steps are there from the beginning, so that there is no test but the one at the end.
    private protected override bool HasLearned => IsOver;

    private protected override bool CanTest => !OfflineTasks.Owns(config.Task);

    /// <inheritdoc/>
    public override IReadOnlyList<RunGoal> Goals =>
        Counters.Episodes > 0 ? [new(RunGoal.Updates, UpdatesDue, EvenFrom: 0)] : [];

    private protected override IReplay Memory => replay;

    private protected override Collector Player => player;

    private protected override StepState? Steps => replay is StreamReplay rows ? new(0, null, places, rows.State) : null;

    private protected override void SaveStepsTo(string folder) => (replay as StreamReplay)?.SaveTo(folder);

    // As a run would have made that had collected them: StepTrainer by its rows, EpisodeTrainer by its episodes.
    private long UpdatesDue => source.Updates > 0 ? source.Updates
        : config.LearnsInSteps ? 1 + (long)((Counters.Episodes + Counters.Decisions) * config.RowsLearnedPerRow() / RowsOfUpdate)
        : (config.Training.PretrainUpdates > 0 ? config.Training.PretrainUpdates : config.Training.UpdatesPerEpisode)
            + config.Training.UpdatesPerEpisode * Math.Max(0, Counters.Episodes - config.Training.SeedEpisodes);

    private long RowsOfUpdate => (long)batch.L * batch.B * Ranks.Count;

    private protected override bool EvaluationIsDue => CanTest && base.EvaluationIsDue;

    private protected override void BeginIn(RunDirectory run) => source.KeepIn(run);

    /// <inheritdoc/>
    protected override bool TryWork(CancellationToken cancel)
    {
        if (Counters.Episodes == 0) Import();
        else if (EvaluationIsDue) Evaluate(cancel);
        else if (IsOver) return false;
        else Learn();
        return true;
    }

    // Without a checkpoint after it, what was taken in is set aside at the next start and taken in again.
    private void Import()
    {
        var folder = new DataFolder(source.Directory, source.Pairing);
        var data = this.data ?? OfflineRules.Demand(folder, config, Ranks.Count);
        foreach (var episode in folder.Read(data, Layout)
            .Where((_, n) => OfflineRules.IsOf(Ranks.Group?.Rank ?? 0, Ranks.Count, n)))
            replay.Add(episode);
        Counters = Counters with
        {
            Episodes = data.Episodes, Decisions = data.Decisions, EnvSteps = data.Decisions * config.Repeat(),
        };
        Log("data", new()
        {
            ["return"] = data.Returns.Average(), ["return_min"] = data.Returns.Min(),
            ["return_max"] = data.Returns.Max(), ["length"] = data.Lengths.Average(rows => rows - 1),
        });
        Logger.Say($"{data.Episodes} episodes, {data.Decisions} decisions of {folder.Directory}; "
            + $"{UpdatesDue} updates are to come");
        Save();
    }

    private void Learn()
    {
        Update(replay, batch, last: Counters.Updates + 1 == UpdatesDue);
        if (Counters.Updates % Math.Max(1, UpdatesDue / Reports) == 0)
            Logger.Say($"{Counters.Updates} of {UpdatesDue} updates");
    }

    // What is still to be recorded: nothing, once the data is in.
    private static Config Recorded(Config config, DataReport? data) => config with
    {
        Training = config.Training with { EnvSteps = Math.Max(1, (data?.Decisions ?? 0) * config.Repeat()) },
    };
}
