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
/// Which piece comes next is what those that derive from it differ in.
/// </summary>
/// <remarks>
/// What the checkpoint holds says what comes next, and each piece of work — an update, an episode, a step, an evaluation —
/// draws its randomness from the seed and the counters. A run that is killed therefore goes on from its checkpoint as if
/// nothing had happened. One that is stopped drops at most a half-played episode, which will be played alike.
/// </remarks>
public abstract class Trainer : IDisposable
{
    private readonly Config config;
    private readonly RunDirectory run;
    private readonly IAgent agent;
    private readonly RunLogger log;
    private readonly ILogger logger;
    private readonly FoundRun found;
    private readonly UpdateWork updates;
    private readonly RunEvaluations evaluations;
    private readonly DreamLog dreams;
    private readonly TrainingLog lines;
    private readonly ReplayNeed? need;       // null where no episode is kept
    private readonly IReadOnlyList<string> tasks;
    private bool saving;    // stays true where a checkpoint failed: trying again at once would fail alike

    /// <summary>Looks at a run directory: what is there goes on from its newest whole checkpoint, or begins anew. Nothing
    /// is changed on the disk before <see cref="Begin"/>.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="run">Its directory, opened.</param>
    /// <param name="agent">Who learns; the caller disposes it.</param>
    /// <param name="environments">Where it acts, as many of each task; the caller disposes them.</param>
    /// <param name="log">Where measurements go.</param>
    /// <param name="logger">Told what the user should know.</param>
    /// <param name="recorded">Extent of what is recorded, where not the configuration's own.</param>
    /// <param name="firstEpisodes">Episodes that are played before the first chunk is drawn; 0 where none is.</param>
    /// <exception cref="ReverieException">Parts of the run are missing, damaged or another run's, or the disk has too
    /// little room; nothing was changed.</exception>
    private protected Trainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        ILogger logger, Config? recorded = null, int firstEpisodes = 0)
    {
        foreach (var one in config.Tasks.Select(task => config with { Task = task }))
            ChunkAdvice.DemandChunks(one, one.EpisodeDecisions(), firstEpisodes);
        (this.config, this.run, this.agent, this.log, this.logger, tasks) = (config, run, agent, log, logger, environments.Tasks);
        if (agent is ModelAgent model) model.Logger = logger;
        Layout = EpisodeLayout.From(environments.ObservationSpace, environments.ActionSpace);
        found = new FoundRun(config, run, agent, log, logger);
        if (Ranks.Group is { } group) AgentRanks.Join(agent, group);
        need = AgentRegistry.Find(config.Agent).Loop is TrainingLoop.Rollouts ? null : new ReplayNeed(
            recorded ?? config, Layout, agent, run.Episodes, new(Store.Episodes, Store.Decisions), logger);
        Counters = Saved?.Counters ?? new Counters();
        lines = new TrainingLog(log, Counters.Seconds);
        updates = new UpdateWork(config, run, agent, Saved);
        evaluations = new RunEvaluations(config, agent, logger);
        dreams = new DreamLog(run, agent, log, logger);
        if (Saved?.Compute is { } before && ComputeNow.ChangedSince(before) is { } changed) logger.Warn(changed);
        if (Saved is not null)
            logger.Say($"going on from {Counters.EnvSteps} environment steps, {Counters.Updates} updates, {Counters.Episodes} episodes");
    }

    /// <summary>The trainer that an agent is trained by; parameters as of the constructor.</summary>
    public static Trainer Create(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, ILogger logger) => AgentRegistry.Find(config.Agent).Loop switch
        {
            TrainingLoop.Phases => new PhaseTrainer(config, run, (WorldModels)agent, environments, log, logger),
            TrainingLoop.Rollouts => new RolloutTrainer(config, run, agent, environments, log, logger),
            TrainingLoop.Steps => new StepTrainer(config, run, agent, environments, log, logger),
            _ => new EpisodeTrainer(config, run, agent, environments, log, logger),
        };

    /// <summary>The same, with an action that takes the lines.</summary>
    public static Trainer Create(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, Action<string> report) => Create(config, run, agent, environments, log, new LineLogger(report));

    /// <summary>The configuration of what a run's replay keeps: of World Models the episodes of its rounds, not those that
    /// judge controllers; of the others all that is played.</summary>
    public static Config Recorded(Config config) =>
        AgentRegistry.Find(config.Agent).Loop is TrainingLoop.Phases ? PhaseTrainer.OfRounds(config) : config;

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
    private protected EpisodeStore Store => found.Store;

    /// <summary>The checkpoint that the run goes on from; null where it begins.</summary>
    private protected Checkpoint? Saved => found.Saved;

    /// <summary>What draws chunks, as the checkpoint has it.</summary>
    private protected RandomSource RandomOfReplay() => Saved is null
        ? RandomSource.Derive((ulong)config.Seed, RandomStream.Replay)
        : new RandomSource(Saved.ReplayRandom);

    /// <summary>Who works on the run together.</summary>
    private protected RunRanks Ranks => run.Ranks;

    /// <summary>Where episodes end that nobody else ends: this rank's share of the steps that the run still has, where one episode
    /// could be longer than the run.</summary>
    private protected long EnvStepsLeft => config.EpisodeSteps() is var most && most > 0 && most <= config.Training.EnvSteps
        ? long.MaxValue
        : (config.Training.EnvSteps - Counters.EnvSteps + Ranks.Count - 1) / Ranks.Count;

    /// <summary>Takes lines that the user should read.</summary>
    protected ILogger Logger => logger;

    /// <summary>Does the next piece of work; false where there is none left.</summary>
    protected abstract bool TryWork(CancellationToken cancel);

    /// <summary>Makes the disk what was found: the directory that of this run, the log and the episodes those of the
    /// checkpoint. Once; <see cref="Run"/> and <see cref="Save"/> do it where nobody did.</summary>
    /// <exception cref="ReverieException">The disk refuses.</exception>
    public void Begin() => found.Begin(BeginIn);

    /// <summary>What else belongs in the directory before a run is begun there.</summary>
    private protected virtual void BeginIn(RunDirectory run) { }

    /// <summary>CRC-32 of what was derived from the episodes, by the files' names, for the checkpoint.</summary>
    private protected virtual IReadOnlyDictionary<string, uint>? Encodings => null;

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
        lines.Start();
        if (run.Transfer is not null) Save();       // from here on the other run may be gone
        try
        {
            while (!Ranks.Stop(cancel) && TryNext(Ranks.Inside(cancel)))
            {
            }
        }
        catch (OperationCanceledException)
        {
            logger.Say("stopped inside an episode; it will be played again");
        }
        catch (ReverieException fault)
            when (Ranks.Count == 1 && fault is not TorchException && !updates.HasFailed && !saving && CanGoOn)
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
        updates.Read();
        updates.DemandFinite(Counters.Updates);
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
            Average = updates.Average,
            Compute = ComputeNow,
            Done = IsDone,
            Goals = Goals,
            Ranks = Ranks.Count == 1 ? null : Ranks.Count,
        }.Save(run.Checkpoints, agent, config.Training.KeepCheckpoints, SaveStepsTo, Ranks.Together);
        run.Saved();
        saving = false;
    }

    /// <summary>Frees what waits to be logged.</summary>
    public virtual void Dispose()
    {
        updates.Dispose();
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
    /// <param name="staleness">Updates since the parameters that it was played with, where they are older ones.</param>
    private protected void Log(Episode episode, int restarts, double decisionSeconds, long? staleness = null) =>
        Log("episode", TrainingLog.Measures(episode, restarts, decisionSeconds, tasks, staleness));

    /// <summary>Ends a piece of work that recorded episodes: frees memory, and says where the run needs more than was said.
    /// </summary>
    private protected void AfterEpisodes()
    {
        LargeBlocks.Free();
        need?.After(new(Memory.Episodes, Memory.Decisions));
    }

    /// <summary>One update.</summary>
    /// <param name="replay">Where from.</param>
    /// <param name="batch">What is filled.</param>
    /// <param name="last">Whether other measures follow, so that the line of the log is due.</param>
    protected void Update(IReplay replay, SequenceBatch batch, bool last = false)
    {
        updates.Do(replay, batch, Seed(RandomStream.Update, Counters.Updates));
        Counters = Counters with { Updates = Counters.Updates + 1 };
        var log = last || Counters.Updates % config.Training.LogEvery == 0;
        if (log) updates.Read();
        updates.DemandFinite(Counters.Updates);
        if (log) Log("update", updates.Take());
        if (Counters.Updates % config.Training.CheckpointEvery == 0) Save();
    }

    /// <summary>Whether the next piece of work is an evaluation.</summary>
    private protected virtual bool EvaluationIsDue => evaluations.AreAskedForBy(Counters);

    private bool TryNext(CancellationToken cancel)
    {
        // An evaluation that is due at the same moment comes first, whether the run was stopped in between or not.
        if (!HasLearned || EvaluationIsDue || !TestIsDue) return TryWork(cancel);
        OfLeader(() =>
        {
            (Counters, var measures) = evaluations.Test(Player, Counters, cancel);
            Log(MetricRecord.Test, measures);
        });
        return true;
    }

    private bool TestIsDue => CanTest && evaluations.TestIsDue(Counters, IsOver);

    /// <summary>Whether there is something to play in.</summary>
    private protected virtual bool CanTest => true;

    /// <summary>Plays without exploration, logs what came of it, and shows how the agent dreams of it.</summary>
    protected void Evaluate(CancellationToken cancel)
    {
        OfLeader(() =>
        {
            (Counters, var measures, var first) = evaluations.Evaluate(Player, Counters, cancel);
            Log("evaluation", measures);
            foreach (var (episode, task) in first.Zip(tasks))
                dreams.Show(episode, tasks.Count > 1 ? task : null, Counters, Seed(RandomStream.Shown, Counters.Updates));
        });
    }

    private void OfLeader(Action play)
    {
        if (Ranks.Leads) play();
        Counters = Ranks.OfLeader(Counters);
        LargeBlocks.GiveBack();
    }

    /// <summary>Writes a line of measurements.</summary>
    protected void Log(string kind, Dictionary<string, double> values)
    {
        Tick();
        lines.Write(kind, Counters, values);
    }

    private void Tick() => Counters = Counters with { Seconds = lines.Seconds };
}
