using System.CommandLine;
using Reverie.Agents;
using Reverie.Cli.Display;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Training;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie dream RUN</c>: what the model imagines, beside what happened.</summary>
internal sealed class DreamVerb : Verb
{
    private readonly LookOptions options = new();

    private readonly Option<string> output = new("--out")
    {
        Description = "an animation (.gif); a strip of its frames is written beside it (.png) "
            + "[default: RUN/videos/dream-UPDATES.gif]",
        HelpName = "FILE",
    };

    private readonly Option<int> context = new("--context")
    {
        Description = "pictures the model sees before it imagines",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };

    private readonly Option<int> length = new("--length")
    {
        Description = "pictures in all",
        HelpName = "N",
        DefaultValueFactory = _ => 50,
    };

    private readonly Option<int> from = new("--from")
    {
        Description = "row of the episode to begin at",
        HelpName = "N",
    };

    private readonly Option<int?> episode = new("--episode")
    {
        Description = "number of a training episode; without it the agent plays a new one",
        HelpName = "N",
    };

    public DreamVerb() : base("dream",
        "Show the model some pictures of an episode, let it imagine the rest: truth, model and error side by side.")
    {
        options.AddTo(this);
        foreach (var option in new Option[] { output, context, length, from, episode })
            Add(option);
    }

    public override string[] Examples =>
    [
        "reverie dream runs/cartpole_swingup-planet-small-seed1",
        "reverie dream runs/mine --out dream.gif --context 5 --length 100",
        "reverie dream runs/mine --episode 0 --out first.gif",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var (run, config, seed) = options.Resolve(parsed);
        if (parsed.GetValue(output) is { } wish && Path.GetExtension(wish) != ".gif")
            throw new ReverieException($"--out {wish}: the name must end in .gif");
        using var workshop = new Workshop(config, 1);
        var counters = RunFolder.Load(run, workshop.Agent, report.Error.WriteLine);
        if (workshop.Agent is not ModelAgent agent)
            throw new ReverieException($"{run}: an agent of kind {config.Agent} has no model to dream in");
        var truth = parsed.GetValue(episode) is { } number
            ? Recorded(run, config.Seed, number, report)
            : new Collector(workshop.Environments, workshop.Layout, report.Error.WriteLine)
                .Collect(agent, ActMode.Evaluate, seed, stop)[0].Episode;
        var clip = OpenLoopDream.Of(agent.Model, truth, parsed.GetValue(from), parsed.GetValue(length),
            parsed.GetValue(context), agent.Device, seed);

        var path = parsed.GetValue(output) ?? DefaultPath(run, counters.Updates);
        var strip = Path.ChangeExtension(path, ".png");
        DreamVideo.WriteGif(path, clip);
        DreamVideo.WriteStrip(strip, clip);
        Tell(report, path, strip, clip, counters);
        return 0;
    }

    private static void Tell(Report report, string path, string strip, DreamClip clip, Counters counters)
    {
        var (seen, imagined) = (Error(clip, 0, clip.ContextFrames), Error(clip, clip.ContextFrames, clip.Count));
        report.Row(
            new
            {
                File = path, Strip = strip, counters.EnvSteps, counters.Updates, Context = clip.ContextFrames,
                Length = clip.Count, RmsSeen = seen, RmsImagined = imagined,
            },
            $"{path}, {strip}: error (rms, of 255) {Words.Figure(seen)} seen, {Words.Figure(imagined)} imagined");
    }

    private static double Error(DreamClip clip, int from, int to)
    {
        var size = clip.Height * clip.Width * 3;
        var range = Enumerable.Range(from * size, (to - from) * size);
        return Math.Sqrt(range.Average(i => Math.Pow(clip.Model[i] - clip.Truth[i], 2)));
    }

    private static Episode Recorded(string run, int seed, int number, Report report)
    {
        var store = new EpisodeStore(Path.Combine(run, "episodes"), seed, report.Error.WriteLine);
        if (number < 0 || number >= store.Files.Count)
            throw new ReverieException($"--episode {number}: {run} has episodes 0 to {store.Files.Count - 1}");
        return store.TryRead(store.Files[number])
            ?? throw new ReverieException($"--episode {number}: its file is damaged; take another one");
    }

    private static string DefaultPath(string run, long updates)
    {
        var folder = Path.Combine(run, "videos");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"dream-{updates:D9}.gif");
    }
}
