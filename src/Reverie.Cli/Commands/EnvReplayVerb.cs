using System.CommandLine;
using System.Globalization;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie env replay FILE…</c>: how far our physics is from recorded ones.</summary>
internal sealed class EnvReplayVerb : Verb
{
    private readonly Argument<string[]> files = new("FILE")
    {
        Description = "recorded episodes, JSON; pictures beside them are compared too",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> gl = new("--gl")
    {
        Description = "OpenGL that draws the pictures: auto, osmesa or egl",
        HelpName = "G",
        DefaultValueFactory = _ => "auto",
    };

    public EnvReplayVerb() : base("replay",
        "Replay recorded episodes, whole and step by step, and compare starts; print the largest errors.")
    {
        Add(files);
        Add(gl);
    }

    public override string[] Examples =>
    [
        "reverie env replay cartpole_swingup.json",
        "reverie env replay recorded/*.json --json",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var drawing = OpenGl.Named(parsed.GetValue(gl)!);
        // A file that cannot be replayed must not take the others with it.
        var (results, failures) = (new List<ReplayResult>(), new List<string>());
        foreach (var file in parsed.GetRequiredValue(files))
            try
            {
                results.AddRange(Enum.GetValues<ReplayMode>().Select(mode => ReferenceReplay.Run(file, mode, drawing)));
            }
            catch (ReverieException failure)
            {
                failures.Add(failure.Message);
            }
        report.Table(
            [.. results.Select(result => new
            {
                result.File, result.Task, Mode = Word(result.Mode), result.State, result.Observation, result.Reward,
                result.Probes, result.Picture, result.Starts, result.Drifts, result.Ok,
            })],
            ("task", row => Label(row.File, row.Task)), ("mode", row => row.Mode), ("state", row => Error(row.State)),
            ("observation", row => Error(row.Observation)), ("reward", row => Error(row.Reward)),
            ("probes", row => Error(row.Probes)), ("picture", row => Error(row.Picture)),
            ("starts", row => row.Starts?.ToString("G2", CultureInfo.InvariantCulture) ?? "–"),
            ("", row => row.Ok ? row.Drifts ? "drifts" : "ok" : "DIFFERS"));
        foreach (var failure in failures)
            report.Error.WriteLine($"reverie: {failure}");
        return failures.Count == 0 && results.All(result => result.Ok) ? 0 : 1;
    }

    private static string Label(string file, string task) =>
        Path.GetFileNameWithoutExtension(file) == task ? task : $"{task} ({Path.GetFileName(file)})";

    private static string Word(ReplayMode mode) => mode == ReplayMode.OneStep ? "one_step" : "trajectory";

    private static string Error(double? error) =>
        error is { } value ? value.ToString("0.0e+0", CultureInfo.InvariantCulture) : "–";
}
