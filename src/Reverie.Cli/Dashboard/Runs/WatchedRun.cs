using Reverie.Logging;
using Reverie.Training;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>One run directory, and what of it was read so far.</summary>
/// <param name="id">Its name on the page.</param>
/// <param name="path">Where it is.</param>
internal sealed class WatchedRun(string id, string path)
{
    // Where the kernel does not say who works on a run (another user, another machine), a log that moves does.
    private static readonly TimeSpan SilenceOfARun = TimeSpan.FromMinutes(2);

    private readonly Lock gate = new(), metricsGate = new();
    private readonly MetricIndex metrics = new(System.IO.Path.Combine(path, JsonLinesSink.FileName));
    private readonly Remembered<RunFacts> facts = new();
    private readonly Remembered<MetricTail> tail = new();
    private readonly Remembered<SavedState> saved = new();

    /// <summary>Its name on the page.</summary>
    public string Id => id;

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Its log.</summary>
    public string MetricsPath => System.IO.Path.Combine(path, JsonLinesSink.FileName);

    /// <summary>Its machine and configuration.</summary>
    public RunFacts Facts
    {
        get
        {
            lock (gate)
                return facts.Of(() => RunFacts.Read(path),
                    InPath(RunFacts.MachineFile), InPath(RunFacts.ConfigFile));
        }
    }

    /// <summary>Its measurements, up to date.</summary>
    /// <param name="use">Is given them, alone: another request waits.</param>
    /// <exception cref="IOException">The log is gone, or was not begun.</exception>
    public T WithMetrics<T>(Func<MetricIndex, T> use)
    {
        lock (metricsGate)
        {
            metrics.Advance();
            return use(metrics);
        }
    }

    /// <summary>Its line in the list; null where it was deleted meanwhile.</summary>
    /// <param name="running">Runs that this machine works on, or null where nobody knows.</param>
    public RunSummary? Summarise(HashSet<string>? running)
    {
        try
        {
            lock (gate)
                return Read(running);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private RunSummary Read(HashSet<string>? running)
    {
        var (about, log) = (Facts, new FileInfo(MetricsPath));
        var end = log.Exists ? tail.Of(() => MetricTail.Read(MetricsPath), MetricsPath) : MetricTail.Empty;
        var presets = about.Machine?["presets"] is { } written ? [.. written.AsArray().Select(name => $"{name}")]
            : about.Config.Presets;
        var (evaluated, last, state) = (end.Return, end.Last, Saved());
        var (goal, share) = Nearest(state.Goals ?? about.Config.Goals, last);
        return new RunSummary
        {
            Id = id,
            State = StateOf(running, log, about, end, state),
            Setting = about.Config.Entries.Count > 0 ? about.Config.Setting : id,
            Task = about.Config["task"] ?? about.Word("task"),
            Agent = about.Config["agent"] ?? about.Word("agent"),
            Seed = about.Config["seed"] ?? about.Word("seed"),
            Presets = string.Join(',', presets),
            Return = evaluated?["return"],
            ReturnOf = evaluated?.Kind,
            EnvSteps = last?.EnvSteps ?? 0,
            Updates = last?.Updates ?? 0,
            Episodes = last?.Episodes ?? 0,
            Seconds = last?.Seconds ?? 0,
            Goal = goal,
            Share = share,
            UpdatesPerSecond = end.UpdatesPerSecond,
            EnvStepsPerSecond = end.EnvStepsPerSecond,
            Changed = log.Exists ? log.LastWriteTimeUtc : Directory.GetLastWriteTimeUtc(path),
        };
    }

    private static (RunGoal? Goal, double Share) Nearest(IReadOnlyList<RunGoal> goals, MetricLine? last) => goals
        .Select(goal => (goal, Share: Math.Clamp((last?.Of(goal) ?? 0) / (double)Math.Max(1, goal.Total), 0, 1)))
        .OrderByDescending(one => one.Share).FirstOrDefault();

    private RunState StateOf(
        HashSet<string>? running, FileInfo log, RunFacts about, MetricTail end, SavedState state)
    {
        if (running?.Contains(path) == true)
            return RunState.Running;
        // Runs of versions whose checkpoints do not say so were over with their environment steps.
        if (state.Done is { } done ? done && log.Exists && log.Length <= state.LogPosition
            : end.Last is { } last && about.Config.Goals.Any(goal => last.Of(goal) >= goal.Total))
            return RunState.Finished;
        var isElsewhere = running is null || (about.Word("host") is { } host && host != Environment.MachineName);
        if (isElsewhere && log.Exists && DateTime.UtcNow - log.LastWriteTimeUtc < SilenceOfARun)
            return RunState.Running;
        return log.Exists && log.Length > state.LogPosition ? RunState.Crashed : RunState.Stopped;
    }

    // What the newest checkpoint says; what stands in the log after it was not saved.
    private SavedState Saved()
    {
        var checkpoints = InPath("checkpoints");
        var newest = Directory.Exists(checkpoints)
            ? Directory.EnumerateDirectories(checkpoints).Where(one => char.IsAsciiDigit(one[^1]))
                .Max(StringComparer.Ordinal)
            : null;
        if (newest is null)
            return SavedState.None;
        var state = System.IO.Path.Combine(newest, "state.json");
        return saved.Of(() => SavedState.Read(state), state);
    }

    private string InPath(string name) => System.IO.Path.Combine(path, name);
}
