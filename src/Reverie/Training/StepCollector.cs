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
/// the others do. One call is a row of each, that of a step or of a reset, and an act in all of them. The rows go to the
/// replay with the latents that the agent acted in.
/// </summary>
/// <remarks>
/// An environment that crashes is made anew and begins another episode; the one that it broke off stays as far as it got,
/// and the others notice nothing. Seeds of episodes follow from the run's, the environment and how many it has begun; how the
/// agent acts from the run's seed and how often it has acted. A call that throws has recorded nothing, unless
/// <see cref="IsRecording"/> says otherwise.
/// </remarks>
internal sealed class StepCollector : IDisposable
{
    private readonly ParallelEnvironments environments;
    private readonly StreamReplay replay;
    private readonly IStepAgent agent;
    private readonly ILatentRecorder? recorder;     // the agent, where it remembers latents
    private readonly int atRandom;                  // acts of all environments before the agent's own
    private readonly ulong seed;
    private readonly ILogger logger;
    private readonly int longest;
    private EnvironmentPlace[] places;
    private AgentState? state;      // null until the first call has brought the environments to where they were
    private ActingLatents? acted;   // null before the first act
    private bool saidCut;

    /// <summary>Begins, or goes on from a checkpoint.</summary>
    /// <param name="environments">All of one task, as many as the replay has streams; the caller disposes them.</param>
    /// <param name="replay">Takes the rows; has those of the checkpoint.</param>
    /// <param name="agent">Who acts.</param>
    /// <param name="config">The run's: its seed, its decisions at random, and how long episodes are; where nobody knows that, one
    /// is cut after <see cref="EpisodeExtent.LongestUnknown"/> decisions.</param>
    /// <param name="logger">Told, in a line, of each crash, and once of episodes that are cut.</param>
    /// <param name="saved">What the checkpoint says; null to begin.</param>
    /// <param name="folder">The checkpoint's.</param>
    /// <exception cref="ReverieException">The checkpoint is of another agent, or cannot be read.</exception>
    public StepCollector(ParallelEnvironments environments, StreamReplay replay, IStepAgent agent, Config config, ILogger logger,
        StepState? saved = null, string folder = "")
    {
        (this.environments, this.replay, this.agent, this.logger) = (environments, replay, agent, logger);
        (recorder, seed) = (agent as ILatentRecorder, (ulong)config.Seed);
        atRandom = (config.Training.RandomDecisions + environments.Count - 1) / environments.Count;
        var limit = config.EpisodeDecisions();
        longest = Math.Min(limit > 0 ? limit : EpisodeExtent.LongestUnknown,
            Math.Min(EpisodeRecorder.MostRows(replay.Layout), StreamEpisode.MostRows(replay.Latents)) - 1);
        places = [.. saved?.Environments ?? Enumerable.Repeat(new EnvironmentPlace(0, 0), environments.Count)];
        Acts = saved?.Acts ?? 0;
        if (Acts > 0)
            acted = ActingLatents.Load(folder, agent.LatentRows, environments.Count, replay.Layout.ActionSize);
    }

    /// <summary>Times that the agent has acted.</summary>
    public long Acts { get; private set; }

    /// <summary>Whether its next decisions are still those of <c>training.random_decisions</c>.</summary>
    public bool ActsAtRandom => Acts < atRandom;

    /// <summary>Where each environment is.</summary>
    public IReadOnlyList<EnvironmentPlace> Places => places;

    /// <summary>What the agent remembers of its last act; null before the first.</summary>
    public ActingLatents? Acted => acted;

    /// <summary>True where a call has left in the middle of recording its rows: they are not those of any moment.</summary>
    public bool IsRecording { get; private set; }

    /// <summary>A row of each environment, and an act on all of them.</summary>
    /// <param name="cancel">Leaves while environments are brought back to where they were.</param>
    /// <exception cref="ReverieException">An environment crashed <see cref="Collector.MostCrashes"/> times without ending an
    /// episode, or hangs, an action of the agent cannot be taken, or the disk refuses.</exception>
    public StepsTaken Step(CancellationToken cancel)
    {
        state ??= Begin(cancel);
        var next = (EnvironmentPlace[])places.Clone();
        GoOn(next);
        var broken = MakeAnew(next);
        Cut(broken);
        state.Reseed(RandomSource.Derive(seed, RandomStream.Acting, (ulong)Acts).NextUInt64());
        var actions = ActsAtRandom ? AtRandom() : agent.Act(environments.Rows, state, ActMode.Collect);
        Demand(actions);
        return Record(next, broken, new ActingLatents(recorder?.Read(state) ?? new LatentChunk(agent.LatentRows, Count), actions));
    }

    /// <summary>Frees what the agent remembers in memory; the environments stay.</summary>
    public void Dispose() => state?.Dispose();

    private float[] AtRandom()
    {
        using var random = new RandomAgent(replay.Layout);
        return random.Act(environments.Rows, state!, ActMode.Collect);
    }

    private int Count => environments.Count;

    private int ActionSize => replay.Layout.ActionSize;

    private AgentState Begin(CancellationToken cancel)
    {
        BringBack(cancel);
        var begun = agent.Begin(Count, seed);
        if (acted is not null) recorder?.Restore(begun, acted.Latents, acted.Actions);
        return begun;
    }

    // An environment cannot be saved: its episode is begun with the same seed and played again, and must come out alike. All
    // of them arrive in the same round.
    private void BringBack(CancellationToken cancel)
    {
        int[] rows = [.. Enumerable.Range(0, Count).Select(replay.UnderWay)];
        var (begin, actions) = (new int?[Count], new float[Count * ActionSize]);
        for (var n = 0; n < Count; n++) environments.End(n);
        for (int round = 0, last = rows.Max(); round < last; round++)
        {
            cancel.ThrowIfCancellationRequested();
            for (var n = 0; n < Count; n++)
            {
                var row = round - (last - rows[n]);
                begin[n] = row == 0 ? EpisodeSeed(n, places[n].Begun) : null;
                if (row > 0 && replay.UnderWay(n) > 0)
                    replay.RowsUnderWay(n).ActionAt(row).CopyTo(actions.AsSpan(n * ActionSize));
            }
            environments.TryGoOn(begin, actions);
            for (var n = 0; n < Count; n++)
                if (round - (last - rows[n]) is >= 0 and var row && replay.UnderWay(n) > 0) Compare(n, row);
        }
    }

    private void Compare(int n, int row)
    {
        if (environments.Faults[n] is { } hang && EnvironmentThread.IsHang(hang)) ExceptionDispatchInfo.Throw(hang);
        var why = environments.Faults[n] is { } fault ? $"it crashed: {Collector.Told(fault)}"
            : replay.RowsUnderWay(n).HasRow(row, environments.Rows[n]) ? null : "the row came out otherwise than before";
        if (why is null) return;
        logger.Warn($"{Name(n)} cannot be brought back to where it was ({Place(row)}: {why}); its episode of "
            + $"{replay.UnderWay(n)} rows is cut, and another begins");
        environments.End(n);
        replay.Abandon(n);
    }

    private void GoOn(EnvironmentPlace[] next)
    {
        var begin = new int?[Count];
        for (var n = 0; n < Count; n++)
            if (replay.UnderWay(n) == 0) begin[n] = BeginAnother(n, next);
        environments.TryGoOn(begin, acted?.Actions ?? new float[Count * ActionSize]);
    }

    // Those that crashed, or whose row breaks the contract, which is the same.
    private bool[] MakeAnew(EnvironmentPlace[] next)
    {
        var broken = new bool[Count];
        for (var n = 0; n < Count; n++)
            while (FaultOf(n, isReset: broken[n] || replay.UnderWay(n) == 0) is { } fault)
            {
                // Another one would hang as well, and each of them keeps a thread for good.
                if (EnvironmentThread.IsHang(fault)) ExceptionDispatchInfo.Throw(fault);
                var where = Place(broken[n] ? 0 : replay.UnderWay(n));
                next[n] = next[n] with { Crashes = next[n].Crashes + 1 };
                if (next[n].Crashes >= Collector.MostCrashes)
                    throw new EnvironmentException($"{Name(n)} crashed {next[n].Crashes} times without finishing an episode, at "
                        + $"last {where}: {Collector.Told(fault)}", fault);
                logger.Warn($"{Name(n)} crashed {where}; it is made anew and plays another episode: {Collector.Told(fault)}");
                broken[n] = true;
                environments.TryRestart(n, BeginAnother(n, next));
            }
        return broken;
    }

    private Exception? FaultOf(int n, bool isReset) => environments.Faults[n]
        ?? (RowRule.FaultOf(environments.Rows[n], replay.Layout.ImageSize, replay.Layout.VectorSize,
            replay.Layout.Groups, isReset) is { } fault
            ? new EnvironmentException($"environment: {fault}") : null);

    // Every number here follows from the rows, so a run that goes on cuts at the same ones.
    private void Cut(bool[] broken)
    {
        for (var n = 0; n < Count; n++)
        {
            if (broken[n] || environments.Rows[n].IsLast || replay.UnderWay(n) < longest) continue;
            environments.End(n);
            if (saidCut) continue;
            saidCut = true;
            logger.Warn($"an episode is cut after {longest} decisions, as by a time limit: nothing says how long one may get, "
                + "or more would take too much memory, and so is every other of this length; environment.time_limit sets "
                + "another");
        }
    }

    // Not the environment's fault, which would be made anew to no avail.
    private void Demand(float[] actions)
    {
        for (var n = 0; n < Count; n++)
        {
            var action = actions.AsSpan(n * ActionSize, ActionSize);
            var place = Place(environments.Rows[n].IsFirst ? 1 : replay.UnderWay(n) + 1);
            foreach (var value in action)
                if (!float.IsFinite(value))
                    throw NotFinite.Action(place, value);
            if (!replay.Layout.HasItsChoices(action))
                throw new EnvironmentException($"the agent's action {place} is none of {replay.Layout.Groups} choices");
        }
    }

    private StepsTaken Record(EnvironmentPlace[] next, bool[] broken, ActingLatents acting)
    {
        IsRecording = true;
        var restarts = next.Zip(places).Sum(pair => pair.First.Crashes - pair.Second.Crashes);
        var (decisions, envSteps, ended) = (0, 0L, new List<(Episode, int)>());
        for (var n = 0; n < Count; n++)
        {
            if (broken[n]) replay.Abandon(n);
            var row = environments.Rows[n];
            var led = acted is null ? [] : acted.Actions.AsSpan(n * ActionSize, ActionSize);
            var episode = replay.Add(n, row.IsFirst ? [] : led, row, acting.Latents, n);
            (decisions, envSteps) = (decisions + (row.IsFirst ? 0 : 1), envSteps + row.EnvSteps);
            if (episode is null) continue;
            ended.Add((episode, next[n].Crashes));
            next[n] = next[n] with { Crashes = 0 };
        }
        (places, acted, Acts, IsRecording) = (next, acting, Acts + 1, false);
        return new StepsTaken(decisions, envSteps, restarts, ended);
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
}

/// <summary>What a call of <see cref="StepCollector.Step"/> came to.</summary>
/// <param name="Decisions">Rows that were not those of a reset.</param>
/// <param name="EnvSteps">Steps of the simulators, action repeats counted.</param>
/// <param name="Restarts">Crashes of environments.</param>
/// <param name="Ended">Episodes that ended by themselves, each with the crashes of its environment since the one before.
/// </param>
internal sealed record StepsTaken(
    int Decisions, long EnvSteps, int Restarts, IReadOnlyList<(Episode Episode, int Restarts)> Ended);
