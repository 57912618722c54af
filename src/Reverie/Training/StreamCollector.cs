using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>
/// Plays in several environments, each of which goes on by itself: where its episode is over it begins another one, whatever
/// the others do. When the agent acts and where rows go is for those to say that derive from it:
/// <see cref="StepCollector"/> and <see cref="RolloutCollector"/>.
/// </summary>
/// <remarks>
/// An environment that crashes is made anew and begins another episode; the one that it broke off stays as far as it got,
/// and the others notice nothing. Seeds of episodes follow from the run's, the environment and how many it has begun; how the
/// agent acts from the run's seed and how often it has acted.
/// </remarks>
internal abstract class StreamCollector : IDisposable
{
    private readonly IEpisodesUnderWay streams;
    private readonly IStepAgent agent;
    private readonly IActingMemory? memory;     // the agent, where it remembers anything
    private readonly int atRandom;              // acts of all environments before the agent's own
    private readonly ulong seed;
    private readonly ILogger logger;
    private readonly int longest;
    private EnvironmentPlace[] places;
    private AgentState? state;      // null until the first call has brought the environments to where they were
    private ActingLatents? acted;   // null before the first act
    private bool saidCut;

    /// <summary>Begins, or goes on from a checkpoint.</summary>
    /// <param name="environments">All of one task, as many as there are streams; the caller disposes them.</param>
    /// <param name="streams">Take the rows; have those of the checkpoint.</param>
    /// <param name="latents">What is kept beside each row; null for nothing.</param>
    /// <param name="agent">Who acts.</param>
    /// <param name="config">The run's: its seed, and how long episodes are; where nobody knows that, one is cut after
    /// <see cref="EpisodeExtent.LongestUnknown"/> decisions.</param>
    /// <param name="decisionsAtRandom">Of all environments, before the agent's own.</param>
    /// <param name="logger">Told, in a line, of each crash, and once of episodes that are cut.</param>
    /// <param name="saved">What the checkpoint says; null to begin.</param>
    /// <param name="folder">The checkpoint's.</param>
    /// <exception cref="ReverieException">The checkpoint is of another agent, or cannot be read.</exception>
    protected StreamCollector(ParallelEnvironments environments, IEpisodesUnderWay streams, LatentRows? latents,
        IStepAgent agent, Config config, int decisionsAtRandom, ILogger logger, StepState? saved, string folder)
    {
        (Environments, this.streams, this.agent, this.logger) = (environments, streams, agent, logger);
        (memory, seed) = (agent as IActingMemory, (ulong)config.Seed);
        atRandom = (decisionsAtRandom + environments.Count - 1) / environments.Count;
        var limit = config.EpisodeDecisions();
        longest = Math.Min(limit > 0 ? limit : EpisodeExtent.LongestUnknown, Math.Min(EpisodeRecorder.MostRows(streams.Layout),
            latents is null ? int.MaxValue : StreamEpisode.MostRows(latents)) - 1);
        places = [.. saved?.Environments ?? Enumerable.Repeat(new EnvironmentPlace(0, 0), environments.Count)];
        Acts = saved?.Acts ?? 0;
        if (Acts > 0)
            acted = ActingLatents.Load(folder, Remembered, environments.Count, streams.Layout.ActionSize);
    }

    /// <summary>Times that the agent has acted.</summary>
    public long Acts { get; private set; }

    /// <summary>Whether the next decisions are still drawn at random.</summary>
    public bool ActsAtRandom => Acts < atRandom;

    /// <summary>Where each environment is.</summary>
    public IReadOnlyList<EnvironmentPlace> Places => places;

    /// <summary>What the agent remembers of its last act; null before the first.</summary>
    public ActingLatents? Acted => acted;

    /// <summary>Counts decisions that others have made in place of this one: where it goes on, it does not begin with those at random,
    /// and draws what it has not drawn.</summary>
    public void ActedElsewhere(long decisions)
    {
        Acts += (decisions + Count - 1) / Count;
        acted ??= new(new LatentChunk(Remembered, Count), new float[Count * ActionSize]);
    }

    /// <summary>Frees what the agent remembers in memory; the environments stay.</summary>
    public void Dispose() => state?.Dispose();

    /// <summary>Where the agent acts.</summary>
    protected ParallelEnvironments Environments { get; }

    /// <summary>N.</summary>
    protected int Count => Environments.Count;

    /// <summary>A.</summary>
    protected int ActionSize => streams.Layout.ActionSize;

    /// <summary>Brings the environments to where they were, once; places to be gone on to by <see cref="Record"/>.</summary>
    protected EnvironmentPlace[] Ready(CancellationToken cancel)
    {
        state ??= Begin(cancel);
        return (EnvironmentPlace[])places.Clone();
    }

    /// <summary>The agent acts on rows, one an environment, and its actions are held against what can be done.</summary>
    /// <param name="rows">What it sees.</param>
    /// <param name="decision">Number of the decision in its episode, for complaints.</param>
    protected ActingLatents Act(ReadOnlySpan<TimeStep> rows, Func<int, int> decision)
    {
        state!.Reseed(RandomSource.Derive(seed, RandomStream.Acting, (ulong)Acts).NextUInt64());
        var actions = ActsAtRandom ? AtRandom(rows) : agent.Act(rows, state, ActMode.Collect);
        Demand(actions, decision);
        return new ActingLatents(memory?.Read(state) ?? new LatentChunk(Remembered, Count), actions);
    }

    /// <summary>The next row of each: of a step, or of a reset where no episode is under way.</summary>
    /// <param name="next">Takes the episodes that are begun, and crashes.</param>
    /// <param name="actions">(N·A); null before the first act.</param>
    /// <returns>Whether each broke off its episode.</returns>
    protected bool[] Play(EnvironmentPlace[] next, float[]? actions)
    {
        var begin = new int?[Count];
        for (var n = 0; n < Count; n++)
            if (streams.UnderWay(n) == 0) begin[n] = BeginAnother(n, next);
        Environments.TryGoOn(begin, actions ?? new float[Count * ActionSize]);
        var broken = MakeAnew(next);
        Cut(broken);
        return broken;
    }

    /// <summary>Records the rows that there are, and that what was gone on to is where everything is now.</summary>
    /// <param name="next">What <see cref="Play"/> took and filled.</param>
    /// <param name="broken">What it returned.</param>
    /// <param name="led">(N·A): the actions that led to the rows; null before the first act.</param>
    /// <param name="acting">The newest act.</param>
    /// <param name="add">Takes a row.</param>
    protected StepsTaken Record(EnvironmentPlace[] next, bool[] broken, float[]? led, ActingLatents acting, Adding add)
    {
        var restarts = next.Zip(places).Sum(pair => pair.First.Crashes - pair.Second.Crashes);
        var (decisions, envSteps, ended) = (0, 0L, new List<(Episode, int)>());
        for (var n = 0; n < Count; n++)
        {
            if (broken[n]) streams.Abandon(n);
            var row = Environments.Rows[n];
            (decisions, envSteps) = (decisions + (row.IsFirst ? 0 : 1), envSteps + row.EnvSteps);
            var action = row.IsFirst || led is null ? [] : led.AsSpan(n * ActionSize, ActionSize);
            if (add(n, action, row) is not { } episode) continue;
            ended.Add((episode, next[n].Crashes));
            next[n] = next[n] with { Crashes = 0 };
        }
        (places, acted, Acts) = (next, acting, Acts + 1);
        return new StepsTaken(decisions, envSteps, restarts, ended);
    }

    private float[] AtRandom(ReadOnlySpan<TimeStep> rows)
    {
        using var random = new RandomAgent(streams.Layout);
        return random.Act(rows, state!, ActMode.Collect);
    }

    private LatentRows Remembered => memory?.MemoryRows ?? agent.LatentRows;

    private AgentState Begin(CancellationToken cancel)
    {
        BringBack(cancel);
        var begun = agent.Begin(Count, seed);
        if (acted is not null) memory?.Restore(begun, acted.Latents, acted.Actions);
        return begun;
    }

    // An environment cannot be saved: its episode is begun with the same seed and played again, and must come out alike. All
    // of them arrive in the same round.
    private void BringBack(CancellationToken cancel)
    {
        int[] rows = [.. Enumerable.Range(0, Count).Select(streams.UnderWay)];
        var (begin, actions) = (new int?[Count], new float[Count * ActionSize]);
        for (var n = 0; n < Count; n++) Environments.End(n);
        for (int round = 0, last = rows.Max(); round < last; round++)
        {
            cancel.ThrowIfCancellationRequested();
            for (var n = 0; n < Count; n++)
            {
                var row = round - (last - rows[n]);
                begin[n] = row == 0 ? EpisodeSeed(n, places[n].Begun) : null;
                if (row > 0 && streams.UnderWay(n) > 0)
                    streams.RowsUnderWay(n).ActionAt(row).CopyTo(actions.AsSpan(n * ActionSize));
            }
            Environments.TryGoOn(begin, actions);
            for (var n = 0; n < Count; n++)
                if (round - (last - rows[n]) is >= 0 and var row && streams.UnderWay(n) > 0) Compare(n, row);
        }
    }

    private void Compare(int n, int row)
    {
        if (Environments.Faults[n] is { } hang && EnvironmentThread.IsHang(hang)) ExceptionDispatchInfo.Throw(hang);
        var why = Environments.Faults[n] is { } fault ? $"it crashed: {Collector.Told(fault)}"
            : streams.RowsUnderWay(n).HasRow(row, Environments.Rows[n]) ? null : "the row came out otherwise than before";
        if (why is null) return;
        logger.Warn($"{Name(n)} cannot be brought back to where it was ({Place(row)}: {why}); its episode of "
            + $"{streams.UnderWay(n)} rows is cut, and another begins");
        Environments.End(n);
        streams.Abandon(n);
    }

    // Those that crashed, or whose row breaks the contract, which is the same.
    private bool[] MakeAnew(EnvironmentPlace[] next)
    {
        var broken = new bool[Count];
        for (var n = 0; n < Count; n++)
            while (FaultOf(n, isReset: broken[n] || streams.UnderWay(n) == 0) is { } fault)
            {
                // Another one would hang as well, and each of them keeps a thread for good.
                if (EnvironmentThread.IsHang(fault)) ExceptionDispatchInfo.Throw(fault);
                var where = Place(broken[n] ? 0 : streams.UnderWay(n));
                next[n] = next[n] with { Crashes = next[n].Crashes + 1 };
                if (next[n].Crashes >= Collector.MostCrashes)
                    throw new EnvironmentException($"{Name(n)} crashed {next[n].Crashes} times without finishing an episode, at "
                        + $"last {where}: {Collector.Told(fault)}", fault);
                logger.Warn($"{Name(n)} crashed {where}; it is made anew and plays another episode: {Collector.Told(fault)}");
                broken[n] = true;
                Environments.TryRestart(n, BeginAnother(n, next));
            }
        return broken;
    }

    private Exception? FaultOf(int n, bool isReset) => Environments.Faults[n]
        ?? (RowRule.FaultOf(Environments.Rows[n], streams.Layout.ImageSize, streams.Layout.VectorSize,
            streams.Layout.Groups, isReset) is { } fault
            ? new EnvironmentException($"environment: {fault}") : null);

    // Every number here follows from the rows, so a run that goes on cuts at the same ones.
    private void Cut(bool[] broken)
    {
        for (var n = 0; n < Count; n++)
        {
            if (broken[n] || Environments.Rows[n].IsLast || streams.UnderWay(n) < longest) continue;
            Environments.End(n);
            if (saidCut) continue;
            saidCut = true;
            logger.Warn($"an episode is cut after {longest} decisions, as by a time limit: nothing says how long one may get, "
                + "or more would take too much memory, and so is every other of this length; environment.time_limit sets "
                + "another");
        }
    }

    // Not the environment's fault, which would be made anew to no avail.
    private void Demand(float[] actions, Func<int, int> decision)
    {
        for (var n = 0; n < Count; n++)
        {
            var action = actions.AsSpan(n * ActionSize, ActionSize);
            var place = Place(decision(n));
            foreach (var value in action)
                if (!float.IsFinite(value))
                    throw NotFinite.Action(place, value);
            if (!streams.Layout.HasItsChoices(action))
                throw new EnvironmentException($"the agent's action {place} is none of {streams.Layout.Groups} choices");
        }
    }

    private int BeginAnother(int n, EnvironmentPlace[] next)
    {
        next[n] = next[n] with { Begun = next[n].Begun + 1 };
        return EpisodeSeed(n, next[n].Begun);
    }

    private int EpisodeSeed(int n, int begun) =>
        RandomSource.Derive(seed, RandomStream.Episode, (ulong)n, (ulong)begun).NextInt(int.MaxValue);

    private string Name(int n) => $"environment {n + 1} of {Count}";

    private static string Place(int row) => row == 0 ? "at the reset" : $"at decision {row}";

    /// <summary>Takes the row of an environment.</summary>
    /// <param name="number">Which environment.</param>
    /// <param name="led">The action that led to it; empty for the row of a reset.</param>
    /// <param name="row">The row.</param>
    /// <returns>The episode that ended with it; null where none did.</returns>
    protected delegate Episode? Adding(int number, ReadOnlySpan<float> led, TimeStep row);
}

/// <summary>What a row of each environment came to.</summary>
/// <param name="Decisions">Rows that were not those of a reset.</param>
/// <param name="EnvSteps">Steps of the simulators, action repeats counted.</param>
/// <param name="Restarts">Crashes of environments.</param>
/// <param name="Ended">Episodes that ended by themselves, each with the crashes of its environment since the one before.
/// </param>
internal sealed record StepsTaken(
    int Decisions, long EnvSteps, int Restarts, IReadOnlyList<(Episode Episode, int Restarts)> Ended);
