using System.CommandLine;
using Reverie.Cli.Display;
using Reverie.Configuration;
using Reverie.Export;
using Reverie.Policies;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie export RUN --out FILE</c>: the agent of a run for programs without libtorch.</summary>
internal sealed class ExportVerb : Verb
{
    private const string Onnx = "onnx", AsRun = "run";
    private static readonly string[] Formats = [Onnx, AsRun];

    private readonly Argument<string> run = OptionBlocks.Run();

    private readonly Option<string> output = new("--out")
    {
        Description = "the file (.onnx), or with --format run a new folder",
        HelpName = "PATH",
        Required = true,
    };

    private readonly Option<string> format = new("--format")
    {
        Description = "onnx; or run, a folder of what acting needs with this library, without moments and episodes",
        HelpName = "F",
        DefaultValueFactory = _ => Onnx,
    };

    private readonly Option<bool> noise = new("--noise")
    {
        Description = "draw latents, as evaluations do, rather than take the most probable ones",
    };

    private readonly Option<bool> values = new("--values")
    {
        Description = "also give the value and the reward that the agent expects",
    };

    private readonly Option<bool> dream = new("--with-dream")
    {
        Description = "a second file (.dream.onnx) with the step without observation, pictures, rewards and ends",
    };

    private readonly Option<bool> force = new("--force") { Description = "replace files that are there" };

    public ExportVerb() : base("export", "Write the agent of a run as ONNX, to be played without libtorch anywhere.")
    {
        Add(run);
        this.AddAll(output, format, noise, values, dream, force);
    }

    public override string[] Examples =>
    [
        "reverie export runs/mine --out agent.onnx",
        "reverie export runs/mine --out agent.onnx --values --with-dream --force",
        "reverie export runs/mine --out mine --format run",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var (from, to, kind) = (parsed.GetRequiredValue(run), parsed.GetRequiredValue(output), parsed.GetValue(format)!);
        if (!Formats.Contains(kind))
            throw new ReverieException($"there is no format {kind}{NearestName.Hint(kind, Formats)}");
        var options = new ExportOptions
        {
            HasNoise = parsed.GetValue(noise), HasValues = parsed.GetValue(values), HasDream = parsed.GetValue(dream),
            Replaces = parsed.GetValue(force),
        };
        if (kind == AsRun && options != new ExportOptions())
            throw new ReverieException("--format run takes no other option: a run holds all of its agent, and a folder that is there "
                + "is not replaced");
        _ = RunFolder.ConfigOf(from);       // a name that is wrong is told with the nearest one
        using var policy = Policy.Load(from, report.Error.WriteLine);
        if (kind == AsRun)
        {
            policy.ExportRun(to);
            Tell(report, policy, [.. Directory.GetFiles(to, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]);
        }
        else
        {
            Tell(report, policy, policy.Export(to, options));
        }
        return 0;
    }

    private static void Tell(Report report, Policy policy, IReadOnlyList<string> files)
    {
        foreach (var file in files)
        {
            var bytes = new FileInfo(file).Length;
            report.Row(new { File = file, Bytes = bytes, policy.Counters.EnvSteps },
                $"{file}: {FormattableString.Invariant($"{bytes / 1e6:0.00}")} MB");
        }
    }
}
