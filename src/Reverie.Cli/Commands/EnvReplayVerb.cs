using System.CommandLine;
using System.Globalization;
using Reverie.Cli.Display;
using Reverie.Environments.CarRacing;
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

    private readonly Option<string> gl = OptionBlocks.Gl();

    public EnvReplayVerb() : base("replay",
        "Replay recorded episodes, races and tracks, and print the largest errors.")
    {
        Add(files);
        Add(gl);
    }

    public override string[] Examples =>
    [
        "reverie env replay cartpole_swingup.json",
        "reverie env replay car-racing/*.json",
        "reverie env replay recorded/*.json --json",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var drawing = OpenGl.Named(parsed.GetValue(gl)!);
        // A file that cannot be replayed must not take the others with it.
        var (results, races, failures) = (new List<ReplayResult>(), new List<RaceReplayResult>(), new List<string>());
        foreach (var file in parsed.GetRequiredValue(files))
            try
            {
                if (RaceReplay.Reads(file))
                    races.Add(RaceReplay.Run(file));
                else
                    results.AddRange(Enum.GetValues<ReplayMode>().Select(
                        mode => ReferenceReplay.Run(file, mode, drawing)));
            }
            catch (ReverieException failure)
            {
                failures.Add(failure.Message);
            }
        Print(results, report);
        Print(races, report);
        foreach (var failure in failures)
            report.Error.WriteLine($"reverie: {failure}");
        return failures.Count == 0 && results.All(result => result.Ok) && races.All(race => race.Ok) ? 0 : 1;
    }

    private static void Print(List<ReplayResult> results, Report report) =>
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

    private static void Print(List<RaceReplayResult> races, Report report) =>
        report.Table(races, ("car racing", race => Path.GetFileName(race.File)), ("what", race => race.What),
            ("rows", race => $"{race.Rows}"), ("draws", race => Error(race.Draws)),
            ("track", race => Error(race.Track)), ("state", race => Error(race.State)),
            ("force", race => Error(race.Force)), ("reward", race => Error(race.Reward)),
            ("tiles", race => Error(race.Tiles)), ("picture", race => Error(race.Picture)),
            ("", race => race.Ok ? "ok" : $"DIFFERS from row {race.FirstDifference}"));

    private static string Label(string file, string task) =>
        Path.GetFileNameWithoutExtension(file) == task ? task : $"{task} ({Path.GetFileName(file)})";

    private static string Word(ReplayMode mode) => mode == ReplayMode.OneStep ? "one_step" : "trajectory";

    private static string Error(double? error) =>
        error is { } value ? value.ToString("0.0e+0", CultureInfo.InvariantCulture) : "–";
}
