using System.CommandLine;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie env render TASK</c>: what the agent will see.</summary>
internal sealed class EnvRenderVerb : Verb
{
    private const int FrameMilliseconds = 50;

    private readonly Argument<string> task = new("TASK") { Description = "a task of `reverie tasks`" };

    private readonly Option<string> output = new("--out")
    {
        Description = "a picture (.png) of the start, or a film (.gif) of random actions",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<int> frames = new("--frames")
    {
        Description = "pictures of a film",
        HelpName = "N",
        DefaultValueFactory = _ => 60,
    };

    private readonly Option<string> quality = new("--quality")
    {
        Description = "suite or fast",
        HelpName = "Q",
        DefaultValueFactory = _ => "suite",
    };

    private readonly Option<string> gl = new("--gl")
    {
        Description = "auto, osmesa or egl",
        HelpName = "G",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<int> seed = new("--seed")
    {
        Description = "seed of the start and the actions",
        HelpName = "N",
    };

    public EnvRenderVerb() : base("render", "Draw a task as the agent sees it: a picture, or a film of random actions.")
    {
        Add(task);
        Add(output);
        Add(frames);
        Add(quality);
        Add(gl);
        Add(seed);
    }

    public override string[] Examples =>
    [
        "reverie env render cartpole_swingup --out start.png",
        "reverie env render cartpole_swingup --out random.gif --frames 100 --quality fast",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var (name, path) = (parsed.GetRequiredValue(task), parsed.GetRequiredValue(output));
        var film = Path.GetExtension(path) switch
        {
            ".gif" => true,
            ".png" => false,
            _ => throw new ReverieException($"--out {path}: the name must end in .png or .gif"),
        };
        var chosen = ConfigReader.Resolve(new ConfigSources
        {
            Overrides =
            [
                new ConfigOverride("environment.quality", parsed.GetValue(quality)!, "--quality"),
                new ConfigOverride("environment.gl", parsed.GetValue(gl)!, "--gl"),
            ],
        });
        using var environment = EnvironmentRegistry.Make(
            name, chosen.Config.Environment, parsed.GetValue(seed), ObservationKind.Pixels);
        var space = (ImageSpace)environment.ObservationSpace;
        var pictures = Pictures(environment, parsed.GetValue(seed), film ? Math.Max(1, parsed.GetValue(frames)) : 1);
        if (film)
            GifWriter.Write(path, [.. pictures], space.Width, space.Height,
                new GifOptions { DelayMilliseconds = FrameMilliseconds });
        else
            PngImage.Write(path, pictures.First(), space.Width, space.Height);
        report.Row(new { Task = name, File = path, space.Width, space.Height }, $"{path}: {name}");
        return 0;
    }

    private static IEnumerable<byte[]> Pictures(IEnvironment environment, int seed, int count)
    {
        var random = new Random(seed);
        var row = environment.Reset(seed);
        for (var i = 0; i < count; i++)
        {
            yield return row.Image;
            if (i + 1 == count)
                yield break;
            row = row.IsLast ? environment.Reset() : environment.Step(RandomAction(environment.ActionSpace, random));
        }
    }

    private static float[] RandomAction(Space space, Random random)
    {
        if (space is BoxSpace box)
            return [.. box.Low.Zip(box.High, (low, high) => low + (high - low) * random.NextSingle())];
        var choices = (DiscreteSpace)space;
        return choices.OneHot(random.Next(choices.Count));
    }
}
