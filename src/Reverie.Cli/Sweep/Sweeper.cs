using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Configuration;
using Reverie.Torch;

namespace Reverie.Cli.Sweep;

/// <summary>
/// Works through the runs of a sweep, some at once, each in a process of its own. What is done is left alone, what was
/// begun goes on, one that fails stops no other.
/// </summary>
internal sealed partial class Sweeper
{
    private const int Terminate = 15;    // SIGTERM

    /// <summary>Folder in that of the sweep for what each run had to say.</summary>
    public const string LogFolder = "logs";

    // Another process may work on a run for hours; looking costs little.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string folder;
    private readonly SweepOptions options;
    private readonly SweepDisplay display;
    private readonly Action<SweepRun> finished;
    private readonly RunProgress[] runs;
    private readonly Lock gate = new();
    private readonly IReadOnlyList<int> cores = Cores.Allowed();

    /// <summary>Makes it.</summary>
    /// <param name="plan">where the runs are</param>
    /// <param name="runs">those to work through, in order</param>
    /// <param name="options">how</param>
    /// <param name="display">shows it</param>
    /// <param name="finished">told of each run that is done, also of those that were before; one at a time</param>
    public Sweeper(SweepPlan plan, IReadOnlyList<SweepRun> runs, SweepOptions options, SweepDisplay display,
        Action<SweepRun> finished)
    {
        (folder, this.options, this.display, this.finished) = (plan.Folder, options, display, finished);
        this.runs = [.. Look(folder, runs)];
    }

    /// <summary>Where each run is, in their order.</summary>
    public IReadOnlyList<RunProgress> Runs
    {
        get
        {
            lock (gate)
                return [.. runs];
        }
    }

    /// <summary>What is on the disk of the runs of a sweep.</summary>
    public static IEnumerable<RunProgress> Look(string folder, IReadOnlyList<SweepRun> runs)
    {
        if (!Directory.Exists(folder))
            return runs.Select(run => new RunProgress(run, RunPhase.Waiting));
        var (room, running) = (new RunsFolder(folder), RunningRuns.Find());
        return runs.Select(run =>
        {
            var path = Path.Combine(room.Path, run.Name);
            if (!Directory.Exists(path) || new WatchedRun(room, run.Name, path).Summarise(running) is not { } seen)
                return new RunProgress(run, RunPhase.Waiting);
            var isDone = seen.State == RunState.Finished && IsWhatIsAsked(run);
            return new RunProgress(run, isDone ? RunPhase.Done : RunPhase.Waiting)
            {
                EnvSteps = seen.EnvSteps, Seconds = seen.Seconds, Return = seen.Return ?? double.NaN,
                ReturnOf = seen.ReturnOf ?? "",
            };
        });
    }

    /// <summary>Works until all are done, <paramref name="stop"/> asks to stop, or the hours are over.</summary>
    public void Work(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (double.IsFinite(options.Hours))
            over.CancelAfter(TimeSpan.FromHours(options.Hours));
        display.Begin(runs);
        foreach (var done in runs.Where(run => run.Phase == RunPhase.Done).ToArray())
            lock (finished)
                finished(done.Run);
        Thread[] places = [.. Enumerable.Range(0, Math.Min(options.Jobs, runs.Length)).Select(place =>
            new Thread(() => WorkAt(place, over.Token)) { Name = $"place {place}", IsBackground = true })];
        foreach (var place in places)
            place.Start();
        foreach (var place in places)
            place.Join();
    }

    private void WorkAt(int place, CancellationToken over)
    {
        while (Next(over) is { } index)
            try
            {
                One(index, place, over);
            }
            catch (Exception fault)
            {
                // Of whatever kind: it is this run's, and the others go on.
                Put(index, run => run with { Phase = RunPhase.Failed, Fault = fault.Message.ReplaceLineEndings(" ") });
            }
    }

    // The next that nobody works on; waits where all that are left are worked on elsewhere.
    private int? Next(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            lock (gate)
            {
                var running = RunningRuns.Find();
                foreach (var (index, run) in runs.Index()
                    .Where(pair => pair.Item.Phase is RunPhase.Waiting or RunPhase.Elsewhere))
                {
                    var isElsewhere = Directory.Exists(run.Run.Folder)
                        && running.WorkOn(new RunsFolder(run.Run.Folder).Path) == true;
                    Put(index, now => now with { Phase = isElsewhere ? RunPhase.Elsewhere : RunPhase.Running });
                    if (!isElsewhere)
                        return index;
                }
                if (!runs.Any(run => run.Phase == RunPhase.Elsewhere))
                    return null;
            }
            over.WaitHandle.WaitOne(Patience);
        }
        return null;
    }

    private void One(int index, int place, CancellationToken over)
    {
        var run = runs[index].Run;
        // It may have been worked on elsewhere to its end.
        if (Look(folder, [run]).Single() is { Phase: RunPhase.Done } done)
        {
            Put(index, _ => done);
            lock (finished)
                finished(run);
            return;
        }
        var said = Run(index, run, place, over, out var code);
        if (code == 0)
            lock (finished)
                finished(run);
        var phase = code == 0 ? RunPhase.Done : code > 128 && over.IsCancellationRequested ? RunPhase.Stopped
            : code != 0 && RunningRuns.Find().WorkOn(new RunsFolder(run.Folder).Path) == true ? RunPhase.Elsewhere
            : RunPhase.Failed;
        Put(index, now => now with { Phase = phase, Fault = phase == RunPhase.Failed ? Fault(said, code) : "" });
    }

    private string? Run(int index, SweepRun run, int place, CancellationToken over, out int code)
    {
        var config = run.Resolved.Config;
        var mine = Cores.Of(cores, place, options.Jobs, config.Compute.Threads * options.Together);
        // Runs that go on at once cannot have one port.
        string[] words = [.. run.Words, .. options.RankWords];
        using var process = ReverieProgram.Start([.. words, "--json"], mine, Gpu(config, place),
            options.Together > 1 ? new Dictionary<string, string> { ["MASTER_PORT"] = "" } : null);
        using var log = Log(run.Name, words);
        var said = new ConcurrentQueue<string>();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { } text) return;
            said.Enqueue(text);
            if (said.Count > 1) said.TryDequeue(out var _);
            log.WriteLine(text);
            log.Flush();
        };
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        using (over.Register(() => Kill(process.Id, Terminate)))
            while (process.StandardOutput.ReadLine() is { } line)
                Put(index, now => now.With(line));
        process.WaitForExit();
        code = process.ExitCode;
        return said.LastOrDefault();
    }

    private StreamWriter Log(string name, string[] words)
    {
        var logs = Directory.CreateDirectory(Path.Combine(folder, LogFolder)).FullName;
        var log = new StreamWriter(Path.Combine(logs, $"{name}.txt"), append: true);
        log.WriteLine($"{DateTime.UtcNow:u} reverie {string.Join(' ', words)}");
        return log;
    }

    private void Put(int index, Func<RunProgress, RunProgress> change)
    {
        lock (gate)
        {
            var before = runs[index];
            runs[index] = change(before);
            display.Show(index, runs[index], runs[index].Phase != before.Phase);
        }
    }

    private static string Fault(string? said, int code)
    {
        const string Mark = "reverie: ";
        return said is null ? code == 137 ? "it was killed" : $"it ended with code {code}"
            : said.StartsWith(Mark, StringComparison.Ordinal) ? said[Mark.Length..] : said;
    }

    // One GPU each, in turn; several ranks take theirs among all.
    private string? Gpu(Config config, int place)
    {
        if (options.Jobs == 1 || options.Together > 1 || config.Compute.Device is not ("auto" or "cuda") || Device.CudaCount < 2)
            return null;
        var visible = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")?.Split(',');
        var number = place % Device.CudaCount;
        return visible is null ? $"{number}" : visible[number];
    }

    // Settings that may change, the number of environment steps above all, may ask for more than it has.
    private static bool IsWhatIsAsked(SweepRun run)
    {
        try
        {
            return SweepPlan.StoredConfig(run) is { } stored && !ConfigDifference.Between(stored, run.Resolved.Config)
                .Any(one => one.Key.StartsWith("training.", StringComparison.Ordinal)
                    || one.Key.StartsWith("controller.", StringComparison.Ordinal));
        }
        catch (ReverieException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
