using System.CommandLine;
using Reverie.Agents;
using Reverie.Cli.Display;
using Reverie.Cli.Sweep;
using Reverie.Configuration;
using Reverie.Dreams;
using Reverie.Environments;
using Reverie.Pictures;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Training;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie dream RUN</c>: what the model imagines, beside what happened.</summary>
internal sealed class DreamVerb : Verb
{
    private readonly LookOptions options = new();

    private readonly Option<string> output = new("--out")
    {
        Description = "an animation (.gif), with a strip of its frames beside it (.png); of a run that sees vectors, "
            + "curves (.png; FILE-vector.png where it sees both) [default: RUN/videos/dream-UPDATES.gif or .png]",
        HelpName = "FILE",
    };

    private readonly Option<int> context = new Option<int>("--context")
    {
        Description = "rows the model sees before it imagines",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    }.AtLeast(1);

    private readonly Option<int> length = new Option<int>("--length")
    {
        Description = "rows in all",
        HelpName = "N",
        DefaultValueFactory = _ => 50,
    }.AtLeast(2);

    private readonly Option<int> from = new Option<int>("--from")
    {
        Description = "row of the episode to begin at",
        HelpName = "N",
    }.AtLeast(0);

    private readonly Option<int?> episode = new Option<int?>("--episode")
    {
        Description = "number of a training episode; without it the agent plays a new one",
        HelpName = "N",
    }.AtLeast(0);

    private readonly Option<bool> policy = new("--policy")
    {
        Description = "let the agent act inside the dream, on what it imagines, and show what the environment does with "
            + "the same actions",
    };

    private readonly Option<double?> temperature = new("--temperature")
    {
        Description = "how surely the model dreams, τ, of an agent whose dreams have one, such as world_models [default: 1]",
        HelpName = "T",
        CustomParser = OptionBounds.Number,
    };

    public DreamVerb() : base("dream",
        "Show the model the beginning of an episode, let it imagine the rest: truth, model and error side by side.")
    {
        options.AddTo(this);
        this.AddAll(output, context, length, from, episode, policy, temperature);
    }

    public override string[] Examples =>
    [
        "reverie dream runs/cartpole_swingup-dreamerv3-small-seed1",
        "reverie dream runs/mine --out dream.gif --context 5 --length 100",
        "reverie dream runs/mine --episode 0 --out first.gif",
        "reverie dream runs/mine --policy --out imagined.gif",
        "reverie dream runs/car --from 200 --length 100 --temperature 1.15",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var (run, config, seed) = options.Resolve(parsed);
        var (first, rows, shown) = (parsed.GetValue(from), parsed.GetValue(length), parsed.GetValue(context));
        OpenLoopDream.DemandRows(first, rows, shown);
        var (extension, seen) = config.Model.Sees() == ObservationKind.Vector
            ? (".png", "vectors alone")
            : (".gif", "pictures");
        if (parsed.GetValue(output) is { } wish && Path.GetExtension(wish) != extension)
            throw new ReverieException($"--out {wish}: the name must end in {extension}, since the run sees {seen}");
        if (parsed.GetValue(policy) && parsed.GetValue(episode) is not null)
            throw new ReverieException("--policy: the agent plays a new episode; leave out --episode");
        if (parsed.GetValue(episode) is null) RunFolder.RequireEnvironment(run, config);
        var task = options.Task(parsed, run, config);
        if (config.Tasks.Count > 1 && task is null)
            throw new ReverieException($"--task: {run} has learned several tasks; name one of "
                + string.Join(", ", config.Tasks.Select(AssemblyTasks.ShortName)));
        using var parts = new RunParts(config, 1, task: task);
        var counters = RunFolder.Load(run, parts.Agent, report.Error.WriteLine);
        var acts = parsed.GetValue(policy);
        task ??= config.Task;
        Episode Truth() => this.Truth(parts, run, config, task, parsed, seed, report, stop);
        var agent = parts.Agent as IDreamingAgent ?? throw new ReverieException(
            $"{run}: an agent of kind {config.Agent} has no model that `dream` can show");
        if (parsed.GetValue(temperature) is not null && !agent.HasTemperature)
            throw new ReverieException($"--temperature: the agent of {run} is {config.Agent}, whose dreams have none");
        var dream = !acts
            ? OpenLoopDream.Of(agent, Truth(), first, rows, shown, seed, Temperature(parsed.GetValue(temperature)))
            : agent is ModelAgent acting ? Imagined(acting, parts, parsed, seed, report, stop)
            : throw new ReverieException($"--policy: the agent of {run} is {config.Agent}, whose dream is shown along what "
                + "was done; leave it out");

        var path = parsed.GetValue(output)
            ?? DefaultPath(run, acts ? "dream-policy" : "dream", counters.Updates,
                config.Tasks.Count > 1 ? $"-{RunName.Of(task)}{extension}" : extension);
        if (dream.Pictures is { } clip)
            Show(report, path, clip, counters);
        if (dream.Vectors is { } curves)
            Show(report, dream.Pictures is null ? path : $"{Path.ChangeExtension(path, null)}-vector.png",
                curves with { Names = NamesOf(task, curves.Names) }, counters);
        return 0;
    }

    private static double Temperature(double? wish) => wish is null or > 0 ? wish ?? 1
        : throw new ReverieException($"--temperature {Words.Figure(wish.Value)}: it must be above 0; 1 is what M learned");

    private Episode Truth(RunParts parts, string run, Config config, string task, ParseResult parsed, ulong seed,
        Report report, CancellationToken stop) => parsed.GetValue(episode) is { } number
        ? Recorded(run, config.Seed, config.Tasks.ToList().IndexOf(task), number, report)
        : parts.Collector(report.Error.WriteLine)
            .Collect(parts.Agent, ActMode.Evaluate, seed, stop)[0].Episode;

    private OpenLoopDream Imagined(ModelAgent agent, RunParts parts, ParseResult parsed, ulong seed, Report report,
        CancellationToken stop)
    {
        var dream = PolicyDream.Of(agent, parts.Environments, parts.Layout, parsed.GetValue(from),
            parsed.GetValue(length), parsed.GetValue(context), seed, stop);
        report.Row(
            new { Imagined = dream.Imagined, dream.ImaginedReturn, dream.Return },
            $"{dream.Imagined} decisions imagined: return {Words.Figure(dream.ImaginedReturn)} in the dream, "
            + $"{Words.Figure(dream.Return)} in the environment");
        return dream.Dream;
    }

    private static void Show(Report report, string path, DreamClip clip, Counters counters)
    {
        var strip = Path.ChangeExtension(path, ".png");
        DreamVideo.WriteGif(path, clip);
        DreamVideo.WriteStrip(strip, clip);
        var (seen, imagined) = (Error(clip, 0, clip.ContextFrames), Error(clip, clip.ContextFrames, clip.Count));
        report.Row(
            new
            {
                File = path, Strip = strip, counters.EnvSteps, counters.Updates, Context = clip.ContextFrames,
                Length = clip.Count, RmsSeen = seen, RmsImagined = imagined,
            },
            $"{path}, {strip}: error (rms, of 255) {Words.Figure(seen)} seen, {Words.Figure(imagined)} imagined");
    }

    private static void Show(Report report, string path, DreamCurves curves, Counters counters)
    {
        DreamPlot.Write(path, curves);
        var (seen, imagined) = (curves.RootMeanSquare(0, curves.ContextRows),
            curves.RootMeanSquare(curves.ContextRows, curves.Count));
        report.Row(
            new
            {
                File = path, counters.EnvSteps, counters.Updates, Context = curves.ContextRows, Length = curves.Count,
                RmsSeen = seen, RmsImagined = imagined,
            },
            $"{path}: error (rms, symlog) {Words.Figure(seen)} seen, {Words.Figure(imagined)} imagined");
    }

    private static IReadOnlyList<string> NamesOf(string task, IReadOnlyList<string> otherwise)
    {
        string[] names = [.. EnvironmentRegistry.Find(task).Observations.SelectMany(entry => entry.Names)];
        return names.Length == otherwise.Count ? names : otherwise;
    }

    private static double Error(DreamClip clip, int from, int to)
    {
        var size = clip.Height * clip.Width * 3;
        var range = Enumerable.Range(from * size, (to - from) * size);
        return Math.Sqrt(range.Average(i => Math.Pow(clip.Model[i] - clip.Truth[i], 2)));
    }

    private static Episode Recorded(string run, int seed, int task, int number, Report report)
    {
        var store = EpisodeStore.Look(Path.Combine(run, "episodes"), seed, report.Error.WriteLine);
        EpisodeFile[] files = [.. store.Files.Where(file => file.Task == task)];
        if (files.Length == 0)
            throw new ReverieException($"--episode {number}: {run} has no episodes; leave it out, and the agent plays a new one");
        if (number < 0 || number >= files.Length)
            throw new ReverieException($"--episode {number}: {run} has episodes 0 to {files.Length - 1}");
        return store.TryRead(files[number])
            ?? throw new ReverieException($"--episode {number}: its file is damaged; take another one");
    }

    private static string DefaultPath(string run, string name, long updates, string extension)
    {
        var folder = Path.Combine(run, "videos");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"{name}-{updates:D9}{extension}");
    }
}
