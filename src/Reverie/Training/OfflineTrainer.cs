using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Replay.Data;

namespace Reverie.Training;

/// <summary>
/// Learns from episodes that somebody else played: they are taken into the run's own, then updates follow, with
/// evaluations where the task can be played. Nothing is collected.
/// </summary>
public sealed class OfflineTrainer : Trainer
{
    private const int Reports = 20;

    private readonly Config _config;
    private readonly OfflineSource _source;
    private readonly DataFolder _folder;
    private readonly DataReport _data;
    private readonly SequenceBatch _batch;

    private OfflineTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        Action<string> report, OfflineSource source, DataFolder folder, DataReport data)
        : base(config, run, agent, environments, log, report, Recorded(config, data)) =>
        (_config, _source, _folder, _data, _batch) = (config, source, folder, data, Replay.CreateBatch());

    /// <summary>Checks the folder; parameters as of <see cref="Trainer"/>.</summary>
    /// <exception cref="ReverieException">The folder has something wrong in it, or the agent cannot learn so.</exception>
    public static OfflineTrainer Create(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, Action<string> report, OfflineSource source)
    {
        if (agent is not ModelAgent)
            throw new ReverieException($"agent: {config.Agent} learns while it plays; from episodes alone learn planet, "
                + "dreamer and dreamerv2");
        var folder = new DataFolder(source.Directory, source.Pairing);
        return new(config, run, agent, environments, log, report, source, folder, folder.Demand());
    }

    /// <summary>True once the updates are made.</summary>
    public override bool IsDone => Counters.Episodes > 0 && Counters.Updates >= UpdatesDue;

    // As EpisodeTrainer counts them for a run that has collected as many episodes.
    private long UpdatesDue => _source.Updates > 0 ? _source.Updates
        : (_config.Training.PretrainUpdates > 0 ? _config.Training.PretrainUpdates : _config.Training.UpdatesPerEpisode)
            + _config.Training.UpdatesPerEpisode * Math.Max(0, Counters.Episodes - _config.Training.SeedEpisodes);

    private bool EvaluationDue => !OfflineTasks.Owns(_config.Task) && _config.Training.EvaluateEvery > 0
        && Counters.Updates > Counters.EvaluatedAt && Counters.Updates % _config.Training.EvaluateEvery == 0;

    /// <inheritdoc/>
    protected override bool TryWork(CancellationToken cancel)
    {
        if (Counters.Episodes == 0) Import();
        else if (EvaluationDue) Evaluate(cancel);
        else if (IsDone) return false;
        else Learn();
        return true;
    }

    // Without a checkpoint after it, what was taken in is set aside at the next start and taken in again.
    private void Import()
    {
        foreach (var episode in _folder.Read(_data, Replay.Layout))
            Replay.Add(episode);
        Counters = Counters with
        {
            Episodes = _data.Episodes, Decisions = _data.Decisions, EnvSteps = _data.Decisions * _config.Repeat(),
        };
        Log("data", new()
        {
            ["return"] = _data.Returns.Average(), ["return_min"] = _data.Returns.Min(),
            ["return_max"] = _data.Returns.Max(), ["length"] = _data.Lengths.Average(rows => rows - 1),
        });
        Report($"{_data.Episodes} episodes, {_data.Decisions} decisions of {_folder.Directory}; "
            + $"{UpdatesDue} updates are to come");
        Save();
    }

    private void Learn()
    {
        Update(Replay, _batch, last: Counters.Updates + 1 == UpdatesDue);
        if (Counters.Updates % Math.Max(1, UpdatesDue / Reports) == 0)
            Report($"{Counters.Updates} of {UpdatesDue} updates");
    }

    private static Config Recorded(Config config, DataReport data) =>
        config with { Training = config.Training with { EnvSteps = Math.Max(1, data.Decisions * config.Repeat()) } };
}
