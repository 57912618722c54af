using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Torch;
using Reverie.Torch.IO;

namespace Reverie.Training;

/// <summary>
/// The procedure of World Models (W §3.2): random episodes, then V on their pictures, then M on V's encodings of them,
/// then C by evolution; and again from C's episodes where rounds are asked for (W §5). Encodings are kept in
/// <c>encodings/</c>, one file an episode, made where they are missing.
/// </summary>
public sealed class PhaseTrainer : WholeEpisodeTrainer
{
    private readonly Config config;
    private readonly RunDirectory run;
    private readonly WorldModels agent;
    private readonly PhaseSchedule schedule;
    private readonly EncodedEpisodes files;
    private readonly SequenceBatch pictures;
    private (Phase, int) said = (Phase.Done, -1);
    private (int Round, ReplayBuffer Replay, SequenceBatch Batch)? encoded;
    private float[][]? starts;      // this rank's, or another run's
    private (int Round, float[][] Rows)? dreamt;        // those of all ranks
    private ReplayManifest? encodings;

    /// <inheritdoc/>
    public PhaseTrainer(Config config, RunDirectory run, WorldModels agent, ParallelEnvironments environments,
        RunLogger log, ILogger logger) : base(config, run, agent, environments, log, logger, OfRounds(config),
            config.Controller.OtherWorld is null ? config.Training.SeedEpisodes : 0)
    {
        (this.config, this.run, this.agent, schedule) = (config, run, agent, new PhaseSchedule(config));
        files = new EncodedEpisodes(Path.Combine(run.Path, EncodedEpisodes.Folder), agent, config.Seed, logger);
        pictures = Replay.CreateBatch();
        if (Counters.Updates == 0 && config.Controller.OtherWorld is { } world)
        {
            Checkpoint.LoadModules(Path.Combine(world, RunDirectory.CheckpointFolder), "controller.world", agent.Modules
                .Where(part => part.Value != agent.Search).ToDictionary());
            logger.Say($"V and M are those of {world}");
        }
    }

    /// <summary>The same, with an action that takes the lines.</summary>
    public PhaseTrainer(Config config, RunDirectory run, WorldModels agent, ParallelEnvironments environments, RunLogger log,
        Action<string> report) : this(config, run, agent, environments, log, new LineLogger(report))
    {
    }

    // Once all phases are, or the environment steps that C may have are spent.
    private protected override bool IsOver => schedule.At(Counters).Phase is var phase && (phase == Phase.Done
        || (phase == Phase.Controller && Counters.EnvSteps >= config.Training.EnvSteps));

    // Between its phases there is no agent that a test could tell something of.
    private protected override bool HasLearned => IsOver;

    /// <inheritdoc/>
    /// <remarks>Updates of V, of M and generations take unlike times, so only the last generations tell how long it will
    /// be. Environment steps are a goal where C could spend them.</remarks>
    public override IReadOnlyList<RunGoal> Goals
    {
        get
        {
            var last = schedule.Updates - config.Controller.Generations;
            long? evenFrom = Counters.Updates >= last ? last : null;
            var updates = new RunGoal(RunGoal.Updates, schedule.Updates, evenFrom);
            return MostEnvSteps <= config.Training.EnvSteps ? [updates]
                : [updates, new(RunGoal.EnvSteps, config.Training.EnvSteps, evenFrom)];
        }
    }

    // All episodes of all rounds, were none shorter than it may be.
    private long MostEnvSteps => OfRounds(config).EpisodeSteps() * (schedule.Episodes
        + (config.Controller.TrainIn == "dream" ? 0 : (long)config.Controller.Rounds
            * config.Controller.Generations * config.Controller.Population * config.Controller.Episodes));

    private protected override bool EvaluationIsDue => config.Controller.EvaluateEvery > 0 && agent.Search.Generation > 0
        && Counters.Updates > Counters.EvaluatedAt && agent.Search.Generation % config.Controller.EvaluateEvery == 0;

    /// <inheritdoc/>
    protected override bool TryWork(CancellationToken cancel)
    {
        var (phase, round, until) = schedule.At(Counters);
        // The last generation of a round is evaluated too, and then its phase is over.
        if (EvaluationIsDue && phase is Phase.Controller or Phase.Done or Phase.Collect)
        {
            Evaluate(cancel);
            return true;
        }
        if (IsOver) return false;
        Say(phase, round, until);
        switch (phase)
        {
            case Phase.Collect when round == 0:
                CollectFirst(ShareUntil(until), cancel);
                break;
            case Phase.Collect:
                CollectWith(agent, RandomStream.Episode, cancel, ShareUntil(until));
                break;
            case Phase.Vae:
                Replay.Random.State = Draws();
                Update(Replay, pictures, last: Counters.Updates + 1 == until);
                break;
            case Phase.Memory:
                var (replay, batch) = Encoded(round, cancel);
                replay.Random.State = Draws();
                Update(replay, batch, last: Counters.Updates + 1 == until);
                break;
            default:
                Evolve(round, cancel);
                break;
        }
        return true;
    }

    // Pictures are drawn one by one for V; the chunks of replay.* are M's. What is recorded are the rounds' episodes.
    internal static Config OfRounds(Config config) => config with
    {
        Replay = config.Replay with
        {
            ChunkLength = 1, BatchSize = config.Vae.BatchSize, PrioritizeEnds = false, CrossEpisode = false,
        },
        Training = config.Training with
        {
            EnvSteps = 1, SeedEpisodes = (int)Math.Min(int.MaxValue, new PhaseSchedule(config).Episodes),
        },
        Environment = config.Environment with
        {
            TimeLimit = config.EpisodeDecisions() is > 0 and var said ? said : EpisodeExtent.LongestUnknown,
        },
    };

    private int ShareUntil(long episodes) => (int)Math.Min(Collector.Count, Ranks.ShareOf(episodes - Counters.Episodes));

    // Wc's random policy is the agent itself, untrained, with weights of C that are new in every episode.
    private void CollectFirst(int episodes, CancellationToken cancel)
    {
        if (config.Exploration.Random != "cauchy" || episodes == 0)
        {
            CollectRandom(cancel, episodes);
            return;
        }
        var random = RandomSource.Derive((ulong)config.Seed, RandomStream.SeedEpisode, (ulong)Counters.Episodes);
        using var candidates = new Candidates(agent, Enumerable.Range(0, episodes)
            .Select(_ => Candidates.Cauchy(agent.Search.Size, random)).ToArray());
        CollectWith(candidates, RandomStream.SeedEpisode, cancel, episodes);
    }

    private IReadOnlyList<ulong> Draws() =>
        RandomSource.Derive((ulong)config.Seed, RandomStream.Replay, (ulong)Counters.Updates).State;

    private void Say(Phase phase, int round, long until)
    {
        if (said == (phase, round)) return;
        said = (phase, round);
        if (phase == Phase.Vae) DemandChunks();
        var what = phase switch
        {
            Phase.Collect => $"collecting, to episode {until}",
            Phase.Vae => $"V learns, to update {until}",
            Phase.Memory => $"M learns, to update {until}",
            _ => $"C is searched for in the {config.Controller.TrainIn}, to update {until}",
        };
        Logger.Say(config.Controller.Rounds > 1 ? $"round {round + 1} of {config.Controller.Rounds}: {what}" : what);
    }

    // Before V's long learning, and not after it: whether M, and C after it, will have what they need.
    private void DemandChunks()
    {
        if (!ChunkAdvice.CanDraw(config.Replay, Replay.Lengths))
            throw ChunkAdvice.NothingToDraw(config, Replay.Lengths);
        if (Counters.EnvSteps >= config.Training.EnvSteps)
            Logger.Say($"training.env_steps = {config.Training.EnvSteps} are used up by the {Counters.Episodes} episodes that "
                + "V and M learn from: C will not be searched for; the same command with a larger --env-steps goes on");
    }

    // The replay of encodings, whose missing files are made first; one for a round, in which V stays as it is.
    private (ReplayBuffer, SequenceBatch) Encoded(int round, CancellationToken cancel)
    {
        if (encoded is { } known && known.Round == round) return (known.Replay, known.Batch);
        var store = files.Open(run.Episodes, Replay.Manifest, Saved?.Encodings, cancel);
        encodings = store.Manifest;
        var replay = new ReplayBuffer(store, agent.Encoded, config.Replay, new RandomSource(0), Logger);
        encoded = (round, replay, replay.CreateBatch());
        starts = EncodedEpisodes.StartsOf(store);
        return (replay, encoded.Value.Batch);
    }

    private protected override IReadOnlyDictionary<string, uint>? Encodings => encodings is not { Checksums: { } sums } now
        ? Saved?.Encodings : now.Files.Zip(sums).ToDictionary(pair => pair.First, pair => pair.Second);

    // What dreams begin from: this run's own rows, or those of the run whose world it is.
    private float[][] DreamStarts(int round, CancellationToken cancel)
    {
        if (config.Controller.OtherWorld is not { } world || round > 0)
        {
            if (dreamt is { } known && known.Round == round) return known.Rows;
            Encoded(round, cancel);
            dreamt = (round, Ranks.All(starts!));
            return dreamt.Value.Rows;
        }
        if (starts is not null) return starts;
        var folder = Path.Combine(world, EncodedEpisodes.Folder);
        starts = EncodedEpisodes.StartsOf(EpisodeStore.Look(folder, config.Seed, Logger));
        return starts.Length > 0 ? starts : throw new DataException(
            $"controller.world: {folder} has no encodings that a dream could begin from");
    }

    // One generation: λ candidates, each with the mean return of its episodes.
    private void Evolve(int round, CancellationToken cancel)
    {
        var (search, config) = (agent.Search, this.config.Controller);
        var (seed, before) = (Ranks.OfLeader(Seed(RandomStream.Candidates, Counters.Updates)), Counters);
        var candidates = search.Ask(seed);
        var trials = new CandidateTrials(config, agent, Ranks);
        var returns = config.TrainIn == "dream"
            ? trials.Dreamt(candidates, seed, DreamStarts(round, cancel), cancel)
            : trials.Played(candidates, seed, Collector, cancel, (envSteps, decisions, restarts) => Counters = Counters with
            {
                EnvSteps = Counters.EnvSteps + envSteps,
                Decisions = Counters.Decisions + decisions,
                Restarts = Counters.Restarts + restarts,
            });
        Counters = Ranks.Add(before, Counters);
        if (!returns.Any(double.IsFinite))
            throw new NotFiniteException($"none of the {returns.Length} returns of a generation is finite at update "
                + $"{Counters.Updates}: in the {config.TrainIn}, C has nothing to go by; begin a new run with a smaller "
                + "memory.learning_rate");
        search.Tell(candidates, [.. returns.Zip(candidates, (value, one) =>
            -value + config.WeightDecay * one.Average(parameter => parameter * parameter))]);
        Ranks.TakeLeaders(search);
        Counters = Counters with { Updates = Counters.Updates + 1 };
        Log("generation", new()
        {
            ["return"] = returns.Average(),
            ["return_min"] = returns.Min(),
            ["return_max"] = returns.Max(),
            ["generation"] = search.Generation,
            ["step_size"] = search.StepSize,
            ["axis_ratio"] = search.AxisRatio,
        });
        if (search.Generation % config.CheckpointEvery == 0) Save();
    }
}
