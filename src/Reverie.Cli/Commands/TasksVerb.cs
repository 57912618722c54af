using System.CommandLine;
using System.Globalization;
using Reverie.Cli.Display;
using Reverie.Environments;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie tasks [TASK]</c>: what can be trained on, and what others reached there.</summary>
internal sealed class TasksVerb : Verb
{
    private const long Million = 1_000_000;

    private readonly Argument<string?> task = new("TASK")
    {
        Description = "one task, to be shown in full",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public TasksVerb() : base("tasks", "List the tasks an agent can be trained on, with published scores.") =>
        Add(task);

    public override string[] Examples => ["reverie tasks", "reverie tasks cheetah_run", "reverie tasks --json"];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        if (parsed.GetValue(task) is { } name)
            Show(EnvironmentRegistry.Find(name), report);
        else
            List(report);
        return 0;
    }

    private static void List(Report report)
    {
        report.Table(
            [.. EnvironmentRegistry.Tasks.Select(TaskRow.Of)],
            ("task", row => row.Task),
            ("actions", row => row.Discrete ? $"one of {row.ActionSize}" : $"{row.ActionSize}"),
            ("vector", row => OrDash(row.VectorSize)),
            ("steps", row => OrDash(row.EpisodeSteps)),
            ("repeat", Repeats),
            ("camera", row => $"{row.Camera}"),
            ("PlaNet 1M", row => Score(row, "PlaNet", Million)),
            ("PlaNet 5M", row => Score(row, "PlaNet", 5 * Million)),
            ("Dreamer 5M", row => Score(row, "Dreamer", 5 * Million)),
            ("DreamerV2 1M", row => Score(row, "DreamerV2", Million)));
        report.Say("");
        report.Say("vector: entries of the observation beside the picture. repeat: PlaNet's / Dreamer's if they differ.");
        report.Say("Scores: published mean returns after so many environment steps, with repeat 2 but for PlaNet 1M.");
        report.Say("All agents and sources: reverie tasks TASK");
    }

    private static void Show(TaskInfo info, Report report)
    {
        var row = TaskRow.Of(info);
        if (report.Json)
        {
            report.Row(row, "");
            return;
        }
        report.Say($"{row.Task}, domain {row.Domain}");
        report.Table<(string What, string Value)>(
        [
            ("actions", Actions(info.ActionSpace)),
            ("vector", Entries(row)),
            ("pictures", Picture(info)),
            ("episode", row.EpisodeSteps > 0 ? $"{row.EpisodeSteps} environment steps" : "ends by itself"),
            ("action repeat", $"{row.ActionRepeat}, {row.EpisodeDecisions} decisions an episode"),
            .. row.Protocols.Select(one =>
                ($"  {one.Agent}", $"{one.ActionRepeat}, camera {one.Camera} ({one.Source})")),
        ], ("", line => line.What), ("", line => line.Value));
        report.Say("");
        report.Table(row.PublishedScores,
            ("agent", score => score.Agent), ("steps", score => Words.Count(score.EnvSteps)),
            ("input", score => score.Input), ("score", Figure), ("source", score => score.Source));
    }

    private static string Repeats(TaskRow row) =>
        string.Join(" / ", row.Protocols.Select(one => one.ActionRepeat).Prepend(row.ActionRepeat).Distinct());

    private static string Score(TaskRow row, string agent, long envSteps) =>
        row.PublishedScores.FirstOrDefault(score => score.Agent == agent && score.EnvSteps == envSteps) is { } score
            ? Figure(score)
            : "–";

    private static string Figure(PublishedScore score) => score.Score.ToString("0.#", CultureInfo.InvariantCulture)
        + (score.Deviation is { } deviation ? $" ± {deviation.ToString(CultureInfo.InvariantCulture)}" : "");

    private static string OrDash(int number) => number > 0 ? $"{number}" : "–";

    private static string Entries(TaskRow row) => row.Observations.Count == 0
        ? OrDash(row.VectorSize)
        : $"{row.VectorSize}: {string.Join(", ", row.Observations.Select(entry => $"{entry.Name} {entry.Size}"))}";

    private static string Picture(TaskInfo info) => info.ObservationSpace is NamedSpace named
        ? named.Parts.Where(part => part.Space is ImageSpace).Select(part => (part.Name, Image: (ImageSpace)part.Space))
            .Select(one => $"{one.Name} {one.Image.Width} by {one.Image.Height}").DefaultIfEmpty("–")
            .Aggregate((all, one) => $"{all}, {one}")
        : (info.ObservationSpace as ImageSpace ?? (info.ObservationSpace as MixedSpace)?.Image) is { } image
            ? $"{image.Width} by {image.Height}, camera {info.Camera}"
            : "–";

    private static string Actions(Space actions) => actions switch
    {
        BoxSpace box when box.Equals(BoxSpace.Uniform(box.Size, box.Low[0], box.High[0])) =>
            FormattableString.Invariant($"{box.Size} in [{box.Low[0]}, {box.High[0]}]"),
        BoxSpace box => $"{box.Size} within bounds of their own, which [-1, 1] is mapped to",
        DiscreteSpace discrete => $"one of {discrete.Count}",
        GroupedSpace parts => string.Join("; ", parts.Groups.Select(Actions)),
        _ => "–",
    };
}
