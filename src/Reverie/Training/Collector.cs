using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Training;

/// <summary>
/// Runs whole episodes, at most one in each of its environments at a time; those that are done wait for the others. An
/// environment that crashes is made anew and plays another episode; what it had played of the first is dropped, and the
/// others notice nothing. No episode goes on for ever: one that has had its decisions is cut, as by a time limit.
/// </summary>
/// <param name="environments">All of one task; the caller disposes them.</param>
/// <param name="layout">What their rows are made of.</param>
/// <param name="logger">Told, in a line, of each crash, and once of episodes that are cut.</param>
/// <param name="limit">Decisions that an episode has at most by itself; 0 where nobody knows, and then one is cut after
/// <see cref="EpisodeExtent.LongestUnknown"/>.</param>
public sealed class Collector(
    ParallelEnvironments environments, EpisodeLayout layout, ILogger logger, int limit = 0)
{
    /// <summary>Crashes of an environment before its episode is whole that end the collecting.</summary>
    public const int MostCrashes = 3;

    private readonly Play[] all = [.. Enumerable.Range(0, environments.Count).Select(n => new Play(layout, n % environments.Tasks.Count))];
    private readonly int longest = Math.Min(limit > 0 ? limit : EpisodeExtent.LongestUnknown, EpisodeRecorder.MostRows(layout) - 1);
    private bool saidCut;

    /// <summary>The same, with an action that takes the lines.</summary>
    public Collector(ParallelEnvironments environments, EpisodeLayout layout, Action<string> report, int limit = 0)
        : this(environments, layout, new LineLogger(report), limit)
    {
    }

    /// <summary>Episodes that one call collects at most: the number of environments.</summary>
    public int Count => environments.Count;

    /// <summary>The tasks that they are of: episode n of a call is of the one with the number n mod their count.</summary>
    public IReadOnlyList<string> Tasks => environments.Tasks;

    /// <summary>Reads the latents that the agent has acted in, one row an environment, for replays that keep them; null where none
    /// is to be kept.</summary>
    internal Func<AgentState, LatentChunk>? Latents { get; set; }

    /// <summary>Collects an episode from every environment, or from the first few. The episodes follow from the agent,
    /// their number and the seed alone.</summary>
    /// <param name="agent">Who acts, for all environments at once.</param>
    /// <param name="mode">With exploration or without.</param>
    /// <param name="seed">Decides the environments and the agent's randomness.</param>
    /// <param name="cancel">Leaves between two decisions; the unfinished episodes are dropped.</param>
    /// <param name="episodes">How many, from 1 to <see cref="Count"/>; all of them unless said.</param>
    /// <param name="starts">Seeds of the episodes, where they do not follow from <paramref name="seed"/>.</param>
    /// <param name="envSteps">Environment steps that all of them may take together; what is not over by then is cut.
    /// </param>
    /// <exception cref="ReverieException">An environment crashed <see cref="MostCrashes"/> times, or hangs, or an action
    /// of the agent is not finite.</exception>
    public CollectedEpisode[] Collect(IAgent agent, ActMode mode, ulong seed, CancellationToken cancel = default,
        int? episodes = null, int[]? starts = null, long envSteps = long.MaxValue)
    {
        var plays = all[..(episodes ?? Count)];
        using var state = agent.Begin(plays.Length, RandomSource.Derive(seed, RandomStream.Acting).NextUInt64());
        starts ??= [.. Enumerable.Range(0, plays.Length).Select(n => EpisodeSeed(seed, n, attempt: 0))];
        Begin(plays.Length, seed, starts);
        while (!Array.TrueForAll(plays, play => play.IsComplete))
        {
            cancel.ThrowIfCancellationRequested();
            var actions = agent.Act(environments.Rows, state, mode);
            Remember(plays, state);
            DemandFinite(actions, plays);
            environments.TryStep(actions);
            for (var n = 0; n < plays.Length; n++)
            {
                var action = actions.AsSpan(n * layout.ActionSize, layout.ActionSize);
                if (!plays[n].IsComplete && Take(n, action) is { } fault) Restart(n, fault, seed);
            }
            Cut(plays, envSteps);
        }
        if (Latents is not null)
        {
            _ = agent.Act(environments.Rows, state, mode);      // the last rows have latents, too
            Remember(plays, state);
        }
        return Array.ConvertAll(plays, play => play.Finish());
    }

    private void Remember(Play[] plays, AgentState state)
    {
        if (Latents?.Invoke(state) is not { } latents) return;
        for (var n = 0; n < plays.Length; n++) plays[n].Remember(latents, n);
    }

    private void Begin(int episodes, ulong seed, int[] starts)
    {
        environments.TryReset(starts);
        for (var n = 0; n < episodes; n++)
        {
            all[n].Begin();
            if (Take(n, []) is { } fault) Restart(n, fault, seed);
        }
    }

    // Not the environment's fault, which would be made anew to no avail.
    private void DemandFinite(float[] actions, Play[] plays)
    {
        var at = Array.FindIndex(actions, value => !float.IsFinite(value));
        if (at >= 0 && plays[at / layout.ActionSize] is { IsComplete: false } play)
            throw NotFinite.Action(play.Place, actions[at]);
    }

    // Every number here follows from the rows, so a run that goes on cuts at the same ones.
    private void Cut(Play[] plays, long envSteps)
    {
        var spent = envSteps < long.MaxValue && plays.Sum(play => play.EnvSteps) >= envSteps;
        for (var n = 0; n < plays.Length; n++)
        {
            if (plays[n].IsComplete || plays[n].Decisions == 0 || (!spent && plays[n].Decisions < longest)) continue;
            plays[n].Cut();
            environments.End(n);
            if (saidCut) continue;
            saidCut = true;
            logger.Warn($"an episode is cut after {plays[n].Decisions} decisions, as by a time limit: " + (spent
                ? "training.env_steps are used up"
                : longest < limit ? $"more would take over {EpisodeRecorder.MostBytes / 1e9:0.#} GB of memory"
                : "nothing says how long one may get, and so is every other of this length; "
                    + "environment.time_limit sets another"));
        }
    }

    // A row that breaks the contract is a crash like an exception.
    private Exception? Take(int n, ReadOnlySpan<float> action)
    {
        if (environments.Faults[n] is { } fault) return fault;
        try
        {
            all[n].Take(action, environments.Rows[n]);
            return null;
        }
        catch (ReverieException broken)
        {
            return broken;
        }
    }

    private void Restart(int n, Exception fault, ulong seed)
    {
        // Another one would hang as well, and each of them keeps a thread for good.
        if (EnvironmentThread.IsHang(fault)) ExceptionDispatchInfo.Throw(fault);
        for (Exception? crash = fault; crash is not null; crash = Take(n, []))
        {
            var (who, where) = ($"environment {n + 1} of {Count}", all[n].Place);
            var why = Told(crash);
            all[n].BeginAgain();
            if (all[n].Restarts == MostCrashes)
                throw new EnvironmentException(
                    $"{who} crashed {MostCrashes} times without finishing an episode, at last {where}: {why}", crash);
            logger.Warn($"{who} crashed {where}; it is made anew and plays another episode: {why}");
            environments.TryRestart(n, EpisodeSeed(seed, n, all[n].Restarts));
        }
    }

    /// <summary>A crash in one line: what kind it is, where it is none of ours, and what it says.</summary>
    internal static string Told(Exception crash) =>
        (crash is ReverieException and not TorchException ? "" : $"{crash.GetType().Name}: ") + ForeignFault.Words(crash);

    // Crashes change neither the seed of a first attempt nor that of another environment.
    private static int EpisodeSeed(ulong seed, int n, int attempt)
    {
        var source = attempt == 0
            ? RandomSource.Derive(seed, RandomStream.Episode, (ulong)n)
            : RandomSource.Derive(seed, RandomStream.Episode, (ulong)n, (ulong)attempt);
        return source.NextInt(int.MaxValue);
    }

    /// <summary>The episode that one environment is in.</summary>
    private sealed class Play(EpisodeLayout layout, int task)
    {
        private readonly EpisodeRecorder recorder = new(layout);
        private readonly List<byte> latents = [];
        private int rows;

        public long EnvSteps { get; private set; }

        public int Decisions => rows - 1;

        public int Restarts { get; private set; }

        public bool IsComplete => rows > 0 && recorder.IsComplete;

        public void Cut() => recorder.Cut();

        /// <summary>What comes next, in words.</summary>
        public string Place => rows == 0 ? "at the reset" : $"at decision {rows}";

        public void Begin() => Begin(restarts: 0);

        public void BeginAgain() => Begin(Restarts + 1);

        // Those of the newest row, once: others may go on after it was the last.
        public void Remember(LatentChunk of, int n)
        {
            var size = of.Shape.BytesPerRow;
            if (latents.Count >= rows * size) return;
            Span<byte> row = new byte[size];
            of.Pack(n, row);
            latents.AddRange(row);
        }

        public void Take(ReadOnlySpan<float> action, in TimeStep row)
        {
            if (rows == 0) recorder.Begin(row);
            else recorder.Add(action, row);
            (rows, EnvSteps) = (rows + 1, EnvSteps + row.EnvSteps);
        }

        public CollectedEpisode Finish()
        {
            var episode = recorder.Finish();
            episode.Task = task;
            return new(episode, EnvSteps, Restarts) { Latents = [.. latents] };
        }

        private void Begin(int restarts)
        {
            (rows, EnvSteps, Restarts) = (0, 0, restarts);
            latents.Clear();
        }
    }
}
