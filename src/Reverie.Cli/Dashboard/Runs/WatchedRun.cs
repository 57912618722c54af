using Reverie.Environments;
using Reverie.Logging;
using Reverie.Runs;
using Reverie.Torch.IO;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>One run directory, and what of it was read so far.</summary>
/// <param name="folder">Opens its files.</param>
/// <param name="id">Its name on the page.</param>
/// <param name="path">Where it is.</param>
internal sealed class WatchedRun(RunsFolder folder, string id, string path)
{
    /// <summary>Bytes that a log may have: some seven million lines.</summary>
    public const long LongestLog = 4L << 30;

    /// <summary>How the damage begins of a run of which nothing at all can be said.</summary>
    public const string CannotBeRead = "cannot be read";

    // Where the kernel does not say who works on a run (another user, another machine), a log that moves does.
    private static readonly TimeSpan SilenceOfARun = TimeSpan.FromMinutes(2);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim metricsGate = new(1);
    private readonly MetricIndex metrics =
        new(() => folder.Open(System.IO.Path.Combine(path, JsonLinesSink.FileName), LongestLog));
    private readonly Remembered<RunFacts> facts = new();
    private readonly Remembered<Readable<MetricTail>> tail = new();
    private readonly Remembered<Readable<SavedState>> saved = new();

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
                return facts.Of(() => RunFacts.Read(folder, path), read => read.Damage is null,
                    InPath(RunFacts.MachineFile), InPath(RunFacts.ConfigFile));
        }
    }

    /// <summary>Its measurements, up to date.</summary>
    /// <param name="use">Is given them, alone: another request waits.</param>
    /// <param name="gone">Nobody waits any longer.</param>
    /// <exception cref="IOException">The log is gone, was not begun, or is none.</exception>
    public async Task<T> WithMetricsAsync<T>(Func<MetricIndex, T> use, CancellationToken gone)
    {
        await metricsGate.WaitAsync(gone);
        try
        {
            metrics.Advance();
            return use(metrics);
        }
        finally
        {
            metricsGate.Release();
        }
    }

    /// <summary>Its line in the list; null where it was deleted meanwhile.</summary>
    /// <param name="running">Runs that this machine works on.</param>
    public RunSummary? Summarise(RunningRuns running)
    {
        lock (gate)
            try
            {
                return Directory.Exists(path) ? Read(running) : null;
            }
            // Of whatever kind: it is this run's, and no fault of the others.
            catch (Exception fault)
            {
                return Directory.Exists(path) ? Unreadable(fault) : null;
            }
    }

    private RunSummary Unreadable(Exception fault) => new()
    {
        Id = id, Setting = id, Presets = "", State = RunState.Damaged, Damage = $"{CannotBeRead}: {folder.Told(fault)}",
        Changed = Directory.GetLastWriteTimeUtc(path),
    };

    private RunSummary Read(RunningRuns running)
    {
        var (about, log) = (Facts, new FileInfo(MetricsPath));
        var written = tail.Of(ReadTail, read => read.Damage is null, MetricsPath);
        var (end, checkpoint) = (written.Value ?? MetricTail.Empty, Saved());
        var (evaluated, last, state) = (end.Return, end.Last, checkpoint.Value ?? SavedState.None);
        var (goal, share) = Nearest(state.Goals ?? about.Config.Goals, last);
        var damage = about.Damage ?? checkpoint.Damage ?? written.Damage;
        return new RunSummary
        {
            Id = id,
            State = damage is null ? StateOf(running, log, about, end, state) : RunState.Damaged,
            Damage = damage,
            Setting = about.Config.Entries.Count > 0 ? about.Config.Setting : id,
            Task = (about.Config["task"] ?? about.Word("task")) is not { } task ? null
                : AssemblyTasks.IsOne(task) && about.Word("title") is { Length: > 0 } title ? title : AssemblyTasks.ShortName(task),
            Agent = about.Config["agent"] ?? about.Word("agent"),
            Seed = about.Config["seed"] ?? about.Word("seed"),
            Presets = string.Join(',', about.Presets ?? about.Config.Presets),
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

    private Readable<MetricTail> ReadTail() => Readable<MetricTail>.Of(folder, MetricsPath, () =>
    {
        using var file = folder.Open(MetricsPath, LongestLog);
        return MetricTail.Read(file);
    });

    private static (RunGoal? Goal, double Share) Nearest(IReadOnlyList<RunGoal> goals, MetricLine? last) => goals
        .Select(goal => (goal, Share: Math.Clamp((last?.Of(goal) ?? 0) / (double)Math.Max(1, goal.Total), 0, 1)))
        .OrderByDescending(one => one.Share).FirstOrDefault();

    private RunState StateOf(
        RunningRuns running, FileInfo log, RunFacts about, MetricTail end, SavedState state)
    {
        var isWorkedOn = running.WorkOn(path);
        if (isWorkedOn == true)
            return RunState.Running;
        // Runs of versions whose checkpoints do not say so were over with their environment steps.
        if (state.Done is { } done ? done && log.Exists && log.Length <= state.LogPosition
            : end.Last is { } last && about.Config.Goals.Any(goal => last.Of(goal) >= goal.Total))
            return RunState.Finished;
        var isElsewhere = isWorkedOn is null || (about.Word("host") is { } host && host != Environment.MachineName);
        if (isElsewhere && log.Exists && DateTime.UtcNow - log.LastWriteTimeUtc < SilenceOfARun)
            return RunState.Running;
        return log.Exists && log.Length > state.LogPosition ? RunState.Crashed : RunState.Stopped;
    }

    // What the newest checkpoint says; what stands in the log after it was not saved.
    private Readable<SavedState> Saved()
    {
        var newest = folder.Entries(InPath("checkpoints")).OfType<DirectoryInfo>().Select(one => one.FullName)
            .Where(one => char.IsAsciiDigit(one[^1])).Max(StringComparer.Ordinal);
        if (newest is null)
            return default;
        var state = System.IO.Path.Combine(newest, "state.json");
        return saved.Of(() => Readable<SavedState>.Of(folder, state, RegularFile.TextLimit, SavedState.Parse),
            read => read.Damage is null, state);
    }

    private string InPath(string name) => System.IO.Path.Combine(path, name);
}
