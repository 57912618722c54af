using System.CommandLine;
using Reverie.Cli.Display;
using Reverie.Cli.Pictures;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Pictures;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie env render [TASK…]</c>: what the agent will see.</summary>
internal sealed class EnvRenderVerb : Verb
{
    private const int FrameMilliseconds = 50;
    private const int SmallestSize = 16, LargestSize = 1024;
    private const int SheetTile = 128;    // a picture on a sheet is at least as wide, so that its name fits below
    private const int SheetDecisions = 10;

    private readonly Argument<string[]> tasks = new("TASK")
    {
        Description = "tasks of `reverie tasks`; several are drawn on one sheet, with `all` or none at all those of one picture",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> output = new("--out")
    {
        Description = "a picture (.png), or of one task a film (.gif) of random actions",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<int> frames = new Option<int>("--frames")
    {
        Description = "pictures of a film",
        HelpName = "N",
        DefaultValueFactory = _ => 60,
    }.AtLeast(1);

    private readonly Option<int?> after = new Option<int?>("--after")
    {
        Description = $"random decisions before the first picture [default: 0; {SheetDecisions} on a sheet]",
        HelpName = "N",
    }.AtLeast(0);

    private readonly Option<int?> size = new("--size")
    {
        Description = "rows and columns of a picture [default: what the agent sees]",
        HelpName = "PIXELS",
    };

    private readonly Option<string> quality = new("--quality")
    {
        Description = "suite or fast",
        HelpName = "Q",
        DefaultValueFactory = _ => "suite",
    };

    private readonly Option<string> gl = OptionBlocks.Gl();

    private readonly SetOption set = new("another setting of the environment, e.g. environment.car_look=v3");

    private readonly Option<int> seed = new("--seed")
    {
        Description = "seed of the start and the actions",
        HelpName = "N",
    };

    public EnvRenderVerb() : base("render", "Draw tasks as the agent sees them: a picture, a film, a sheet of all.")
    {
        Add(tasks);
        this.AddAll(output, frames, after, size, quality, gl, set, seed);
    }

    public override string[] Examples =>
    [
        "reverie env render cartpole_swingup --out start.png",
        "reverie env render cartpole_swingup --out random.gif --frames 100 --quality fast",
        "reverie env render car_racing --out car.png --size 384 --after 60 --set environment.car_look=v3",
        "reverie env render --out all.png --size 128",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var (names, path) = (Names(parsed.GetValue(tasks) ?? []), parsed.GetRequiredValue(output));
        var film = Path.GetExtension(path) switch
        {
            ".gif" when names.Length == 1 => true,
            ".gif" => throw new ReverieException($"--out {path}: a film shows one task; several are drawn as .png"),
            ".png" => false,
            _ => throw new ReverieException($"--out {path}: the name must end in .png or .gif"),
        };
        if (parsed.GetValue(size) is { } pixels && pixels is < SmallestSize or > LargestSize)
            throw new ReverieException($"--size is {SmallestSize} to {LargestSize} pixels");
        if (names.Length > 1)
            Sheet(names, parsed, report, stop);
        else
            One(names[0], film, parsed, report);
        return 0;
    }

    private void One(string task, bool film, ParseResult parsed, Report report)
    {
        var path = parsed.GetRequiredValue(output);
        using var shown = Open(task, parsed);
        var pictures = shown.Film().Skip(parsed.GetValue(after) ?? 0)
            .Take(film ? parsed.GetValue(frames) : 1);
        if (film)
            GifWriter.Write(path, [.. pictures], shown.Width, shown.Height,
                new GifOptions { DelayMilliseconds = FrameMilliseconds });
        else
            PngImage.Write(path, pictures.First(), shown.Width, shown.Height);
        report.Row(new { Task = task, File = path, shown.Width, shown.Height }, $"{path}: {task}");
    }

    private void Sheet(string[] names, ParseResult parsed, Report report, CancellationToken stop)
    {
        var path = parsed.GetRequiredValue(output);
        var pictures = new List<(string, byte[])>();
        var (width, height) = (0, 0);
        foreach (var name in names)
        {
            stop.ThrowIfCancellationRequested();
            using var shown = Open(name, parsed);
            pictures.Add((name, shown.Film().ElementAt(parsed.GetValue(after) ?? SheetDecisions)));
            if (pictures.Count > 1 && (width, height) != (shown.Width, shown.Height))
                throw new ReverieException($"the pictures of {name} have another size than the others; give a --size");
            (width, height) = (shown.Width, shown.Height);
        }
        var columns = (int)Math.Ceiling(Math.Sqrt(names.Length));
        var scale = Math.Max(1, SheetTile / width);
        (width, height) = ContactSheet.Write(path, pictures, width, height, columns, scale);
        report.Row(new { Tasks = names, File = path, Width = width, Height = height },
            $"{path}: {names.Length} tasks");
    }

    private TaskPictures Open(string task, ParseResult parsed) => new(task, set.Resolve(parsed,
        new ConfigOverride("environment.quality", parsed.GetValue(quality)!, quality.Name),
        new ConfigOverride("environment.gl", parsed.GetValue(gl)!, gl.Name)).Environment,
        parsed.GetValue(seed), parsed.GetValue(size));

    private static string[] Names(string[] typed) => typed is [] or ["all"]
        ? [.. EnvironmentRegistry.Tasks.Where(info => info.Observation != ObservationKind.Vector
            && SpaceRule.PictureOf(info.ObservationSpace) is not { Views.Count: > 0 })      // one picture each
            .Select(info => info.Task)]
        : [.. typed.Select(name => EnvironmentRegistry.Find(name).Task)];
}
