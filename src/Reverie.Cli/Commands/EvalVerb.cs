using System.CommandLine;
using Reverie.Agents;
using Reverie.Cli.Display;
using Reverie.Environments;
using Reverie.Pictures;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Training;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie eval RUN</c>: what a trained agent scores, without exploration.</summary>
internal sealed class EvalVerb : Verb
{
    private const int FrameMilliseconds = 80;

    private readonly LookOptions options = new();

    private readonly Option<int> episodes = new Option<int>("--episodes")
    {
        Description = "episodes to play, of each task",
        HelpName = "N",
        DefaultValueFactory = _ => 10,
    }.AtLeast(1);

    private readonly Option<string> video = new("--video")
    {
        Description = "the first episode in pictures, whatever the agent sees (.gif)",
        HelpName = "FILE",
    };

    private readonly Option<bool> random = new("--random")
    {
        Description = "random actions in place of the agent's, to compare with",
    };

    public EvalVerb() : base("eval", "Play episodes with the newest checkpoint of a run and sum up their returns.")
    {
        options.AddTo(this);
        this.AddAll(episodes, video, random);
    }

    public override string[] Examples =>
    [
        "reverie eval runs/cartpole_swingup-dreamerv3-small-seed1",
        "reverie eval runs/mine --episodes 3 --video first.gif --json",
        "reverie eval runs/mine --episodes 20 --random",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var (run, config, seed) = options.Resolve(parsed);
        RunFolder.RequireEnvironment(run, config);
        var count = parsed.GetValue(episodes);
        if (parsed.GetValue(video) is { } path && Path.GetExtension(path) != ".gif")
            throw new ReverieException($"--video {path}: the name must end in .gif");
        var replaced = parsed.GetValue(random);
        using var parts = new RunParts(replaced ? config with { Agent = "random" } : config,
            Math.Min(count, config.Environment.Count), pictures: parsed.GetValue(video) is not null,
            options.Task(parsed, run, config));
        var counters = replaced ? new Counters() : RunFolder.Load(run, parts.Agent, report.Error.WriteLine);
        Episode? first = null;
        var played = 0;
        var collector = parts.Collector(report.Error.WriteLine);
        var (tasks, total) = (collector.Tasks, count * collector.Tasks.Count);
        var result = new Evaluator(collector).Evaluate(parts.Agent, count, seed, stop, episode =>
        {
            first ??= episode;
            var name = tasks.Count == 1 ? "" : $" ({AssemblyTasks.ShortName(tasks[played % tasks.Count])})";
            report.Say($"episode {++played} of {total}: return {Words.Figure(episode.Return)}{name}");
        });
        var who = replaced ? "random actions" : $"after {Words.Count(counters.EnvSteps)} env steps";
        foreach (var (one, task) in result.Tasks.Zip(tasks))
            report.Row(
                new
                {
                    counters.EnvSteps, Task = AssemblyTasks.ShortName(task), Episodes = count, one.Mean, one.Std, one.Min, one.Max,
                },
                Sum($"{AssemblyTasks.ShortName(task)} {who}", one));
        if (tasks.Count == 1)
            report.Row(
                new { counters.EnvSteps, Episodes = count, result.Mean, result.Std, result.Min, result.Max },
                Sum(who, result));
        if (parsed.GetValue(video) is { } file)
            WriteVideo(file, first!);
        return 0;
    }

    private static string Sum(string who, Evaluation result) =>
        $"{who}: mean {Words.Figure(result.Mean)}, std {Words.Figure(result.Std)}, "
            + $"from {Words.Figure(result.Min)} to {Words.Figure(result.Max)}";

    private static void WriteVideo(string path, Episode episode)
    {
        var space = episode.Layout.Image!;      // the environments were asked for pictures
        var shown = space.ToShown();
        GifWriter.Write(path, [.. Enumerable.Range(0, episode.Rows).Select(row => space.ToRgb(episode.ImageAt(row).ToArray()))],
            shown.Width, shown.Height, new GifOptions { DelayMilliseconds = FrameMilliseconds });
    }
}
