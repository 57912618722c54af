using System.Diagnostics;
using System.Globalization;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Training;

/// <summary>
/// What all training has in common: one piece of work after another, with its log, its evaluations and its checkpoints.
/// Which piece comes next is what <see cref="EpisodeTrainer"/> and <see cref="PhaseTrainer"/> differ in.
/// </summary>
/// <remarks>
/// The counters alone say what comes next, and each piece of work — an update, an episode, an evaluation — draws its
/// randomness from the seed and the counters. A run that is killed therefore goes on from its checkpoint as if nothing
/// had happened, and one that is stopped drops at most a half-played episode, which will be played alike.
/// </remarks>
public abstract class Trainer : IDisposable
{
    private readonly Config _config, _recorded;
    private readonly RunDirectory _run;
    private readonly IAgent _agent;
    private readonly RunLogger _log;
    private readonly Action<string> _report;
    private readonly ReplayBuffer _replay;
    private readonly Collector _collector;
    private readonly MetricMeter _meter;
    private readonly DreamLog _dreams;
    private readonly Stopwatch _clock = new();
    private readonly double _secondsBefore;
    private ReplayPreflight _need;
    private double _updateSeconds;
    private int _updatesTimed;
    private readonly EpisodeStore _store;
    private readonly Checkpoint? _checkpoint;
    private bool _begun;
    private SequenceBatch? _batch;    // the last one learned from
    private bool _saving;    // stays true where a checkpoint failed: trying again at once would fail alike

    /// <summary>Looks at a run directory: what is there goes on from its newest whole checkpoint, or begins anew. Nothing
    /// is changed on the disk before <see cref="Begin"/>.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="run">Its directory, opened.</param>
    /// <param name="agent">Who learns; the caller disposes it.</param>
    /// <param name="environments">Where it acts, all of one task; the caller disposes them.</param>
    /// <param name="log">Where measurements go.</param>
    /// <param name="report">Told, in lines, what the user should know.</param>
    /// <param name="recorded">Replay and extent of what is recorded, where not the configuration's own.</param>
    /// <param name="firstEpisodes">Episodes that are played before the first chunk is drawn; 0 where none is.</param>
    /// <exception cref="ReverieException">Parts of the run are missing, damaged or another run's, or the disk has too
    /// little room; nothing was changed.</exception>
    protected Trainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        Action<string> report, Config? recorded = null, int firstEpisodes = 0)
    {
        ChunkAdvice.DemandChunks(config, config.EpisodeDecisions(), firstEpisodes);
        (_config, _run, _agent, _log, _report) = (config, run, agent, log, report);
        recorded ??= config;
        if (agent is ModelAgent model) model.Report = report;
        var layout = EpisodeLayout.From(environments.ObservationSpace, environments.ActionSpace);
        var checkpoint = _checkpoint = run.Restarts ? null : Checkpoint.LoadNewest(run.Checkpoints, agent, report);
        if (checkpoint is null && !run.Restarts) run.DemandNothingLost();
        if (checkpoint is { IsSealed: false })
            report($"{run.Path}: was saved by a version that kept no checksums of the state, the log and the episodes; "
                + "they could not be verified");
        if (checkpoint is not null) log.Demand(checkpoint.LogPosition, checkpoint.LogChecksum);
        var store = _store = run.Restarts ? EpisodeStore.Anew(run.Episodes, config.Seed, report)
            : new EpisodeStore(run.Episodes, config.Seed, report);
        store.GoBackTo(checkpoint?.Replay ?? new ReplayManifest([], 0, 0, 0));
        _recorded = recorded;
        _need = ReplayPreflight.Check(recorded, layout, config.Repeat(), recorded.EpisodeDecisions(), run.Episodes,
            new(store.Episodes, store.Decisions));
        foreach (var line in _need.Lines) report(line);

        Counters = checkpoint?.Counters ?? new Counters();
        _secondsBefore = Counters.Seconds;
        var random = checkpoint is null
            ? RandomSource.Derive((ulong)config.Seed, RandomStream.Replay)
            : new RandomSource(checkpoint.ReplayRandom);
        _replay = new ReplayBuffer(store, layout, recorded.Replay, random, report, agent.Device);
        _collector = new Collector(environments, layout, report, config.EpisodeDecisions());
        _meter = new MetricMeter(agent.Device, checkpoint?.Average);
        _dreams = new DreamLog(run, agent, log, report);
        if (checkpoint?.Compute is { } before && ComputeNow.ChangedSince(before) is { } changed) report(changed);
        if (checkpoint is not null)
            report($"going on from {Counters.EnvSteps} environment steps, {Counters.Updates} updates, {Counters.Episodes} episodes");
    }

    /// <summary>The trainer that an agent is trained by; parameters as of the constructor.</summary>
    public static Trainer Create(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, Action<string> report) => agent is WorldModels parts
            ? new PhaseTrainer(config, run, parts, environments, log, report)
            : new EpisodeTrainer(config, run, agent, environments, log, report);

    /// <summary>How far the run is.</summary>
    public Counters Counters { get; protected set; }

    /// <summary>True once the run has all that it was to have.</summary>
    public abstract bool IsDone { get; }

    /// <summary>What the run is over with, whichever comes first; none while that is not known.</summary>
    public abstract IReadOnlyList<RunGoal> Goals { get; }

    /// <summary>What was recorded.</summary>
    protected ReplayBuffer Replay => _replay;

    /// <summary>Plays episodes.</summary>
    protected Collector Collector => _collector;

    /// <summary>Takes lines that the user should read.</summary>
    protected Action<string> Report => _report;

    /// <summary>Does the next piece of work; false where there is none left.</summary>
    protected abstract bool TryWork(CancellationToken cancel);

    /// <summary>Makes the disk what was found: the directory that of this run, the log and the episodes those of the
    /// checkpoint. Once; <see cref="Run"/> and <see cref="Save"/> do it where nobody did.</summary>
    /// <exception cref="ReverieException">The disk refuses.</exception>
    public void Begin()
    {
        if (_begun) return;
        _run.Begin(saved: _checkpoint is not null, BeginIn);
        Checkpoint.Settle(_run.Checkpoints, _checkpoint?.Counters.Updates);
        _store.Settle();
        _log.Resume(_checkpoint?.LogPosition ?? 0, _checkpoint?.Counters.EnvSteps ?? 0,
            _checkpoint is null ? new Dictionary<string, long>() : _checkpoint.MirrorPositions);
        _begun = true;
    }

    /// <summary>What else belongs in the directory before a run is begun there.</summary>
    private protected virtual void BeginIn(RunDirectory run)
    {
    }

    /// <summary>CRC-32 of what was derived from the episodes, by the files' names, for the checkpoint.</summary>
    private protected virtual IReadOnlyDictionary<string, uint>? Encodings => null;

    /// <summary>What the checkpoint that the run goes on from says of them.</summary>
    private protected IReadOnlyDictionary<string, uint>? EncodingsBefore => _checkpoint?.Encodings;

    /// <summary>Works until the run is done or <paramref name="cancel"/> asks to stop; either way the state is saved.</summary>
    /// <exception cref="ReverieException">A loss is not finite, an environment crashes again and again, or the disk
    /// fails; what was learned up to the last checkpoint is kept.</exception>
    public void Run(CancellationToken cancel = default)
    {
        Begin();
        _clock.Restart();
        try
        {
            while (!cancel.IsCancellationRequested && TryWork(cancel))
            {
            }
        }
        catch (OperationCanceledException)
        {
            _report("stopped inside an episode; it will be played again");
        }
        catch (ReverieException fault) when (_meter.NotFinite is null && !_saving)
        {
            SaveAfter(fault);
            throw;
        }
        Save();
    }

    // Where the checkpoint fails as well, as on a full disk, both are one line.
    private void SaveAfter(ReverieException fault)
    {
        try
        {
            Save();
        }
        catch (ReverieException second)
        {
            throw new ReverieException($"{fault.Message}; {second.Message}", fault);
        }
    }

    /// <summary>Writes a checkpoint of this moment.</summary>
    /// <exception cref="ReverieException">The disk refuses, or a loss was not finite since the last look.</exception>
    public void Save()
    {
        Begin();
        _meter.Read();
        DemandFinite();
        Tick();
        _saving = true;
        _log.Flush();
        new Checkpoint
        {
            Counters = Counters,
            Replay = _replay.Manifest,
            ReplayRandom = _replay.Random.State,
            LogPosition = _log.Position,
            MirrorPositions = _log.MirrorPositions,
            LogChecksum = _log.Checksum,
            Encodings = Encodings,
            Average = _meter.Average,
            Compute = ComputeNow,
            Done = IsDone,
            Goals = Goals,
        }.Save(_run.Checkpoints, _agent, _config.Training.KeepCheckpoints);
        _run.Saved();
        _saving = false;
    }

    /// <summary>Frees what waits to be logged.</summary>
    public void Dispose()
    {
        _meter.Dispose();
        _batch?.Hold(null);
        _replay.Dispose();
        GC.SuppressFinalize(this);
    }

    private ComputeRecord ComputeNow => ComputeRecord.Now(_config.Compute, _agent.Device);

    /// <summary>The seed of one piece of work.</summary>
    protected ulong Seed(ulong stream, long counter) =>
        RandomSource.Derive((ulong)_config.Seed, stream, (ulong)counter).NextUInt64();

    /// <summary>Collects an episode from every environment and records it.</summary>
    /// <param name="agent">Who acts.</param>
    /// <param name="stream">Where its randomness is from.</param>
    /// <param name="cancel">Leaves between two decisions.</param>
    /// <param name="count">How many episodes; one from every environment unless said.</param>
    /// <param name="envSteps">Environment steps that they may take together; what is not over by then is cut.</param>
    protected void CollectWith(IAgent agent, ulong stream, CancellationToken cancel, int? count = null,
        long envSteps = long.MaxValue)
    {
        var watch = Stopwatch.StartNew();
        var episodes = _collector.Collect(
            agent, ActMode.Collect, Seed(stream, Counters.Episodes), cancel, count, envSteps: envSteps);
        foreach (var (episode, taken, restarts) in episodes)
        {
            _replay.Add(episode);
            Counters = Counters with
            {
                Episodes = Counters.Episodes + 1,
                Decisions = Counters.Decisions + episode.Decisions,
                EnvSteps = Counters.EnvSteps + taken,
                Restarts = Counters.Restarts + restarts,
            };
            Log("episode", new()
            {
                ["return"] = episode.Return,
                ["length"] = episode.Decisions,
                ["decision_seconds"] = watch.Elapsed.TotalSeconds / episodes.Sum(each => each.Episode.Decisions),
                ["restarts"] = restarts,
            });
        }
        LargeBlocks.Free();
        ReckonAgain();
    }

    // What a run needs is guessed where nobody says how long episodes are; those that were seen say more.
    private void ReckonAgain()
    {
        var need = _need.After(_recorded, _replay.Layout, _config.Repeat(), _recorded.EpisodeDecisions(),
            new(_replay.Episodes, _replay.Decisions));
        if (!need.Exceeds(_need)) return;
        _need = need;
        foreach (var line in need.Lines) _report(line);
    }

    /// <summary>Collects with random actions; parameters as of <see cref="CollectWith"/>.</summary>
    protected void CollectRandom(CancellationToken cancel, int? count = null, long envSteps = long.MaxValue)
    {
        using var random = new RandomAgent(_replay.Layout, _config.Exploration.Random);
        CollectWith(random, RandomStream.SeedEpisode, cancel, count, envSteps);
    }

    /// <summary>One update.</summary>
    /// <param name="replay">Where from.</param>
    /// <param name="batch">What is filled.</param>
    /// <param name="last">Whether other measures follow, so that the line of the log is due.</param>
    protected void Update(ReplayBuffer replay, SequenceBatch batch, bool last = false)
    {
        var watch = Stopwatch.StartNew();
        if (!replay.CanSample) throw ChunkAdvice.NothingToDraw(_config, replay.Lengths);
        _batch = batch;
        replay.Sample(batch);
        using (var scope = new TensorScope())
            _meter.Add(_agent.Update(batch, Seed(RandomStream.Update, Counters.Updates)));
        Counters = Counters with { Updates = Counters.Updates + 1 };
        (_updateSeconds, _updatesTimed) = (_updateSeconds + watch.Elapsed.TotalSeconds, _updatesTimed + 1);
        var log = last || Counters.Updates % _config.Training.LogEvery == 0;
        if (log) _meter.Read();
        DemandFinite();
        if (log)
        {
            var values = _meter.Take();
            values["update_seconds"] = _updateSeconds / _updatesTimed;
            (_updateSeconds, _updatesTimed) = (0, 0);
            Log("update", values);
        }
        if (Counters.Updates % _config.Training.CheckpointEvery == 0) Save();
    }

    private void DemandFinite()
    {
        if (_meter.NotFinite is not { } found) return;
        var file = Path.Combine(_run.Path, "failure", $"batch-{Counters.Updates:D9}.npz");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        BatchArchive.Write(file, _batch!);
        throw new ReverieException(NotFinite.Line(
            found, Counters.Updates, _batch!, _config, Compute.PrecisionOn(_agent.Device, _config.Compute), file,
            Checkpoint.NewestUpdates(_run.Checkpoints)));
    }

    /// <summary>Plays without exploration, logs what came of it, and shows how the agent dreams of it.</summary>
    protected void Evaluate(CancellationToken cancel)
    {
        Episode? first = null;
        var result = new Evaluator(_collector).Evaluate(_agent, _config.Training.EvaluationEpisodes,
            Seed(RandomStream.Evaluation, Counters.Updates), cancel, episode => first ??= episode);
        if (!double.IsFinite(result.Mean) || !double.IsFinite(result.Std))
            _report($"the returns of the evaluation at update {Counters.Updates} are not finite: their mean is "
                + $"{result.Mean.ToString(CultureInfo.InvariantCulture)}");
        Counters = Counters with { EvaluatedAt = Counters.Updates, Restarts = Counters.Restarts + result.Restarts };
        Log("evaluation", new()
        {
            ["return"] = result.Mean,
            ["return_std"] = result.Std,
            ["return_min"] = result.Min,
            ["return_max"] = result.Max,
            ["restarts"] = result.Restarts,
        });
        _dreams.Show(first!, Counters, Seed(RandomStream.Shown, Counters.Updates));
        LargeBlocks.GiveBack();
    }

    /// <summary>Writes a line of measurements.</summary>
    protected void Log(string kind, Dictionary<string, double> values)
    {
        Tick();
        _log.Write(new MetricRecord
        {
            Kind = kind,
            EnvSteps = Counters.EnvSteps,
            Decisions = Counters.Decisions,
            Updates = Counters.Updates,
            Episodes = Counters.Episodes,
            Seconds = Counters.Seconds,
            Values = values,
        });
    }

    private void Tick() => Counters = Counters with { Seconds = _secondsBefore + _clock.Elapsed.TotalSeconds };
}
