using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Torch;

namespace Reverie.Training;

/// <summary>
/// What all training has in common: one piece of work after another, with its log, its evaluations and its checkpoints.
/// Which piece comes next is what <see cref="EpisodeTrainer"/>, <see cref="StepTrainer"/> and <see cref="PhaseTrainer"/>
/// differ in.
/// </summary>
/// <remarks>
/// What the checkpoint holds says what comes next, and each piece of work — an update, an episode, a step, an evaluation —
/// draws its randomness from the seed and the counters. A run that is killed therefore goes on from its checkpoint as if
/// nothing had happened. One that is stopped drops at most a half-played episode, which will be played alike.
/// </remarks>
public abstract class Trainer : IDisposable
{
    private readonly Config config, recorded;
    private readonly RunDirectory run;
    private readonly IAgent agent;
    private readonly RunLogger log;
    private readonly ILogger logger;
    private readonly MetricMeter meter;
    private readonly DreamLog dreams;
    private readonly Stopwatch clock = new();
    private readonly double secondsBefore;
    private ReplayPreflight need;
    private double updateSeconds;
    private int updatesTimed;
    private readonly EpisodeStore store;
    private readonly Checkpoint? checkpoint;
    private bool begun;
    private SequenceBatch? batch;    // the last one learned from
    private bool saving;    // stays true where a checkpoint failed: trying again at once would fail alike

    /// <summary>Looks at a run directory: what is there goes on from its newest whole checkpoint, or begins anew. Nothing
    /// is changed on the disk before <see cref="Begin"/>.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="run">Its directory, opened.</param>
    /// <param name="agent">Who learns; the caller disposes it.</param>
    /// <param name="environments">Where it acts, all of one task; the caller disposes them.</param>
    /// <param name="log">Where measurements go.</param>
    /// <param name="logger">Told what the user should know.</param>
    /// <param name="recorded">Extent of what is recorded, where not the configuration's own.</param>
    /// <param name="firstEpisodes">Episodes that are played before the first chunk is drawn; 0 where none is.</param>
    /// <exception cref="ReverieException">Parts of the run are missing, damaged or another run's, or the disk has too
    /// little room; nothing was changed.</exception>
    private protected Trainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        ILogger logger, Config? recorded = null, int firstEpisodes = 0)
    {
        ChunkAdvice.DemandChunks(config, config.EpisodeDecisions(), firstEpisodes);
        (this.config, this.run, this.agent, this.log, this.logger) = (config, run, agent, log, logger);
        recorded ??= config;
        if (agent is ModelAgent model) model.Logger = logger;
        Layout = EpisodeLayout.From(environments.ObservationSpace, environments.ActionSpace);
        var checkpoint = this.checkpoint = run.Restarts ? null : Checkpoint.LoadNewest(run.Checkpoints, agent, logger);
        if (checkpoint is null && !run.Restarts) run.DemandNothingLost();
        if (checkpoint is { IsSealed: false })
            logger.Warn($"{run.Path}: was saved by a version that kept no checksums of the state, the log and the episodes; "
                + "they could not be verified");
        if (checkpoint is not null) log.Demand(checkpoint.LogPosition, checkpoint.LogChecksum);
        var store = this.store = run.Restarts ? EpisodeStore.Anew(run.Episodes, config.Seed, logger)
            : new EpisodeStore(run.Episodes, config.Seed, logger);
        store.GoBackTo(checkpoint?.Replay ?? new ReplayManifest([], 0, 0, 0));
        this.recorded = recorded;
        need = ReplayPreflight.Check(recorded, Layout, config.Repeat(), recorded.EpisodeDecisions(), run.Episodes,
            new(store.Episodes, store.Decisions), latents: (agent as ILatentRecorder)?.LatentRows);
        foreach (var line in need.Lines) logger.Say(line);

        Counters = checkpoint?.Counters ?? new Counters();
        secondsBefore = Counters.Seconds;
        meter = new MetricMeter(agent.Device, checkpoint?.Average);
        dreams = new DreamLog(run, agent, log, logger);
        if (checkpoint?.Compute is { } before && ComputeNow.ChangedSince(before) is { } changed) logger.Warn(changed);
        if (checkpoint is not null)
            logger.Say($"going on from {Counters.EnvSteps} environment steps, {Counters.Updates} updates, {Counters.Episodes} episodes");
    }

    /// <summary>The trainer that an agent is trained by; parameters as of the constructor.</summary>
    public static Trainer Create(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, ILogger logger) => AgentRegistry.Find(config.Agent).LearnsInPhases
            ? new PhaseTrainer(config, run, (WorldModels)agent, environments, log, logger)
            : config.LearnsInSteps ? new StepTrainer(config, run, agent, environments, log, logger)
            : new EpisodeTrainer(config, run, agent, environments, log, logger);

    /// <summary>The same, with an action that takes the lines.</summary>
    public static Trainer Create(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, Action<string> report) => Create(config, run, agent, environments, log, new LineLogger(report));

    /// <summary>The configuration of what a run's replay keeps: of World Models the episodes of its rounds, not those that
    /// judge controllers; of the others all that is played.</summary>
    public static Config Recorded(Config config) =>
        AgentRegistry.Find(config.Agent).LearnsInPhases ? PhaseTrainer.OfRounds(config) : config;

    /// <summary>How far the run is.</summary>
    public Counters Counters { get; protected set; }

    /// <summary>True once the run has all that it was to have.</summary>
    public bool IsDone => IsOver && !TestIsDue;

    /// <summary>True once all was played and learned that the run was to have.</summary>
    private protected abstract bool IsOver { get; }

    /// <summary>Whether all was learned that what was played asks for, so that a test here is one of so many environment
    /// steps.</summary>
    private protected abstract bool HasLearned { get; }

    /// <summary>What the run is over with, whichever comes first; none while that is not known.</summary>
    public abstract IReadOnlyList<RunGoal> Goals { get; }

    /// <summary>What was recorded.</summary>
    private protected abstract IReplay Memory { get; }

    /// <summary>Plays the episodes of evaluations.</summary>
    private protected abstract Collector Player { get; }

    /// <summary>What a row is made of.</summary>
    private protected EpisodeLayout Layout { get; }

    /// <summary>Where episodes are, those of the checkpoint alone.</summary>
    private protected EpisodeStore Store => store;

    /// <summary>The checkpoint that the run goes on from; null where it begins.</summary>
    private protected Checkpoint? Saved => checkpoint;

    /// <summary>What draws chunks, as the checkpoint has it.</summary>
    private protected RandomSource RandomOfReplay() => checkpoint is null
        ? RandomSource.Derive((ulong)config.Seed, RandomStream.Replay)
        : new RandomSource(checkpoint.ReplayRandom);

    /// <summary>Takes lines that the user should read.</summary>
    protected ILogger Logger => logger;

    /// <summary>Does the next piece of work; false where there is none left.</summary>
    protected abstract bool TryWork(CancellationToken cancel);

    /// <summary>Makes the disk what was found: the directory that of this run, the log and the episodes those of the
    /// checkpoint. Once; <see cref="Run"/> and <see cref="Save"/> do it where nobody did.</summary>
    /// <exception cref="ReverieException">The disk refuses.</exception>
    public void Begin()
    {
        if (begun) return;
        run.Begin(saved: checkpoint is not null, BeginIn);
        CheckpointFolders.Settle(run.Checkpoints, checkpoint?.Counters.Updates);
        store.Settle();
        log.Resume(checkpoint?.LogPosition ?? 0, checkpoint?.Counters.EnvSteps ?? 0,
            checkpoint is null ? new Dictionary<string, long>() : checkpoint.MirrorPositions);
        begun = true;
    }

    /// <summary>What else belongs in the directory before a run is begun there.</summary>
    private protected virtual void BeginIn(RunDirectory run)
    {
    }

    /// <summary>CRC-32 of what was derived from the episodes, by the files' names, for the checkpoint.</summary>
    private protected virtual IReadOnlyDictionary<string, uint>? Encodings => null;

    /// <summary>What the checkpoint that the run goes on from says of them.</summary>
    private protected IReadOnlyDictionary<string, uint>? EncodingsBefore => checkpoint?.Encodings;

    /// <summary>What the checkpoint says of steps; null where whole episodes are collected.</summary>
    private protected virtual StepState? Steps => null;

    /// <summary>Writes what belongs to <see cref="Steps"/> into the folder of a checkpoint.</summary>
    private protected virtual void SaveStepsTo(string folder)
    {
    }

    /// <summary>Whether the state is that of a moment between two pieces of work, so that a run can go on from it.</summary>
    private protected virtual bool CanGoOn => true;

    /// <summary>Works until the run is done or <paramref name="cancel"/> asks to stop; either way the state is saved.</summary>
    /// <exception cref="ReverieException">A loss is not finite, an environment crashes again and again, or the disk
    /// fails; what was learned up to the last checkpoint is kept.</exception>
    public void Run(CancellationToken cancel = default)
    {
        Begin();
        clock.Restart();
        try
        {
            while (!cancel.IsCancellationRequested && TryNext(cancel))
            {
            }
        }
        catch (OperationCanceledException)
        {
            logger.Say("stopped inside an episode; it will be played again");
        }
        catch (ReverieException fault)
            when (fault is not TorchException && meter.NotFinite is null && !saving && CanGoOn)
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
            throw new DataException($"{fault.Message}; {second.Message}", fault);
        }
    }

    /// <summary>Writes a checkpoint of this moment.</summary>
    /// <exception cref="ReverieException">The disk refuses, or a loss was not finite since the last look.</exception>
    public void Save()
    {
        Begin();
        meter.Read();
        DemandFinite();
        Tick();
        saving = true;
        log.Flush();
        new Checkpoint
        {
            Counters = Counters,
            Replay = Memory.Manifest,
            ReplayRandom = Memory.Random.State,
            Steps = Steps,
            LogPosition = log.Position,
            MirrorPositions = log.MirrorPositions,
            LogChecksum = log.Checksum,
            Encodings = Encodings,
            Average = meter.Average,
            Compute = ComputeNow,
            Done = IsDone,
            Goals = Goals,
        }.Save(run.Checkpoints, agent, config.Training.KeepCheckpoints, SaveStepsTo);
        run.Saved();
        saving = false;
    }

    /// <summary>Frees what waits to be logged.</summary>
    public virtual void Dispose()
    {
        meter.Dispose();
        batch?.Hold(null);
        Memory.Dispose();
        GC.SuppressFinalize(this);
    }

    private ComputeRecord ComputeNow => ComputeRecord.Now(config.Compute, agent.Device);

    /// <summary>The seed of one piece of work.</summary>
    protected ulong Seed(ulong stream, long counter) =>
        RandomSource.Derive((ulong)config.Seed, stream, (ulong)counter).NextUInt64();

    /// <summary>Writes the line of an episode.</summary>
    /// <param name="episode">What was played.</param>
    /// <param name="restarts">Crashes of its environment on the way.</param>
    /// <param name="decisionSeconds">What a decision took.</param>
    private protected void Log(Episode episode, int restarts, double decisionSeconds) => Log("episode", new()
    {
        ["return"] = episode.Return,
        ["length"] = episode.Decisions,
        ["decision_seconds"] = decisionSeconds,
        ["restarts"] = restarts,
    });

    /// <summary>Ends a piece of work that recorded episodes: frees memory, and says where the run needs more than was said.
    /// </summary>
    private protected void AfterEpisodes()
    {
        LargeBlocks.Free();
        // What a run needs is guessed where nobody says how long episodes are; those that were seen say more.
        var need = this.need.After(recorded, Layout, config.Repeat(), recorded.EpisodeDecisions(),
            new(Memory.Episodes, Memory.Decisions), (agent as ILatentRecorder)?.LatentRows);
        if (!need.Exceeds(this.need)) return;
        this.need = need;
        foreach (var line in need.Lines) logger.Say(line);
    }

    /// <summary>One update.</summary>
    /// <param name="replay">Where from.</param>
    /// <param name="batch">What is filled.</param>
    /// <param name="last">Whether other measures follow, so that the line of the log is due.</param>
    protected void Update(IReplay replay, SequenceBatch batch, bool last = false)
    {
        var watch = Stopwatch.StartNew();
        if (replay is ReplayBuffer { CanSample: false } few) throw ChunkAdvice.NothingToDraw(config, few.Lengths);
        this.batch = batch;
        replay.Sample(batch);
        using (var scope = new TensorScope())
            meter.Add(agent.Update(batch, Seed(RandomStream.Update, Counters.Updates)));
        replay.WriteBack(batch);
        Counters = Counters with { Updates = Counters.Updates + 1 };
        (updateSeconds, updatesTimed) = (updateSeconds + watch.Elapsed.TotalSeconds, updatesTimed + 1);
        var log = last || Counters.Updates % config.Training.LogEvery == 0;
        if (log) meter.Read();
        DemandFinite();
        if (log)
        {
            var values = meter.Take();
            values["update_seconds"] = updateSeconds / updatesTimed;
            (updateSeconds, updatesTimed) = (0, 0);
            Log("update", values);
        }
        if (Counters.Updates % config.Training.CheckpointEvery == 0) Save();
    }

    private void DemandFinite()
    {
        if (meter.NotFinite is not { } found) return;
        var file = Path.Combine(run.Path, "failure", $"batch-{Counters.Updates:D9}.npz");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        BatchArchive.Write(file, batch!);
        throw new NotFiniteException(NotFinite.Line(
            found, Counters.Updates, batch!, config, Compute.PrecisionOn(agent.Device, config.Compute), file,
            CheckpointFolders.NewestUpdates(run.Checkpoints)));
    }

    /// <summary>Whether as many updates were made since the last evaluation as <c>training.evaluate_every</c> says.</summary>
    private protected bool UpdatesAskForEvaluation => config.Training.EvaluateEvery > 0 && Counters.Updates > Counters.EvaluatedAt
        && Counters.Updates % config.Training.EvaluateEvery == 0;

    /// <summary>Whether the next piece of work is an evaluation.</summary>
    private protected virtual bool EvaluationIsDue => UpdatesAskForEvaluation;

    private bool TryNext(CancellationToken cancel)
    {
        // An evaluation that is due at the same moment comes first, whether the run was stopped in between or not.
        if (!HasLearned || EvaluationIsDue || !TestIsDue) return TryWork(cancel);
        Test(cancel);
        return true;
    }

    // A point that was passed before anybody asked for it is not made up for: what is tested is the agent of this moment.
    private bool TestIsDue => config.Training.TestEpisodes > 0 && Counters.Updates > 0 && CanTest
        && (config.Training.TestAt.Any(point => point > Counters.TestedEnvSteps && point <= Counters.EnvSteps)
            || IsOver && (Counters.TestedAt, Counters.TestedEnvSteps) != (Counters.Updates, Counters.EnvSteps));

    /// <summary>Whether there is something to play in.</summary>
    private protected virtual bool CanTest => true;

    private void Test(CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var result = new Evaluator(Player).Evaluate(agent, config.Training.TestEpisodes,
            Seed(RandomStream.Test, Counters.Updates), cancel);
        Counters = Counters with
        {
            TestedAt = Counters.Updates, TestedEnvSteps = Counters.EnvSteps, Restarts = Counters.Restarts + result.Restarts,
        };
        Log(MetricRecord.Test, new(Measures(result))
        {
            ["episodes_played"] = result.Returns.Count,
            ["test_seconds"] = watch.Elapsed.TotalSeconds,
        });
        LargeBlocks.GiveBack();
    }

    private static Dictionary<string, double> Measures(Evaluation result) => new()
    {
        ["return"] = result.Mean,
        ["return_std"] = result.Std,
        ["return_min"] = result.Min,
        ["return_max"] = result.Max,
        ["restarts"] = result.Restarts,
    };

    /// <summary>Plays without exploration, logs what came of it, and shows how the agent dreams of it.</summary>
    protected void Evaluate(CancellationToken cancel)
    {
        Episode? first = null;
        var result = new Evaluator(Player).Evaluate(agent, config.Training.EvaluationEpisodes,
            Seed(RandomStream.Evaluation, Counters.Updates), cancel, episode => first ??= episode);
        if (!double.IsFinite(result.Mean) || !double.IsFinite(result.Std))
            logger.Warn($"the returns of the evaluation at update {Counters.Updates} are not finite: their mean is "
                + $"{result.Mean.ToString(CultureInfo.InvariantCulture)}");
        Counters = Counters with { EvaluatedAt = Counters.Updates, Restarts = Counters.Restarts + result.Restarts };
        Log("evaluation", Measures(result));
        dreams.Show(first!, Counters, Seed(RandomStream.Shown, Counters.Updates));
        LargeBlocks.GiveBack();
    }

    /// <summary>Writes a line of measurements.</summary>
    protected void Log(string kind, Dictionary<string, double> values)
    {
        Tick();
        log.Write(new MetricRecord
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

    private void Tick() => Counters = Counters with { Seconds = secondsBefore + clock.Elapsed.TotalSeconds };
}
