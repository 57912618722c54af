using System.CommandLine;
using System.Globalization;
using Reverie.Cli.Display;
using Reverie.Replay.Data;
using Reverie.Training;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie data check DIR</c>: what is in a folder of episodes, and what is wrong with it.</summary>
internal sealed class DataCheckVerb : Verb
{
    private readonly Argument<string> folder = new("DIR")
    {
        Description = "folder of npz files, one an episode: this program's (or a run), PlaNet's or the Dreamers'",
    };

    private readonly PairingOption pairing = new();
    private readonly SettingsOptions settings = new();

    public DataCheckVerb() : base("check",
        "Say what is in a folder of episodes, and what is wrong with it: file, key, row, and what to do. With the "
        + "settings of a run, what `train --offline` would refuse with them.")
    {
        Add(folder);
        Add(pairing);
        settings.AddTo(this);
    }

    public override string[] Examples =>
    [
        "reverie data check runs/look",
        "reverie data check episodes --pairing departure",
        "reverie data check episodes --preset dreamer,small --set replay.chunk_length=20",
        "reverie data check episodes --json",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var (resolved, _) = settings.Resolve(parsed, [.. settings.Overrides(parsed)]);
        var data = OfflineRules.Check(
            new DataFolder(parsed.GetRequiredValue(folder), pairing.Of(parsed)), resolved.Config,
            isOfTask: resolved.Origins["task"] != "default");
        if (report.Json)
            report.Row(Row(data), "");
        else
            Show(report, data);
        return data.Findings.Any(finding => finding.IsError) ? 1 : 0;
    }

    private static void Show(Report report, DataReport data)
    {
        report.Say($"{data.Directory}: {data.Files} files, {data.Episodes} episodes, "
            + $"{Words.Count(data.Decisions)} decisions");
        if (data.Layout is { } layout)
            report.Table<(string What, string Value)>(
            [
                ("pictures", layout.Image is { } image
                    ? $"{image.Height} by {image.Width}, {image.Channels} channels"
                    : "–"),
                ("vector", layout.VectorSize > 0 ? $"{layout.VectorSize} entries" : "–"),
                ("actions", layout.OneHot
                    ? $"one of {layout.ActionSize}"
                    : layout.Groups.Count > 1 ? $"{layout.Groups}"
                    : $"{layout.ActionSize} entries: {Ranges(data)}"),
                ("pairing", Pairing(data.Pairing)),
                ("decisions", Spread([.. data.Lengths.Select(rows => rows - 1.0)])),
                ("return", Spread(data.Returns)),
                ("ends", $"{data.Terminal} terminal, {data.Episodes - data.Terminal} by time"),
                ("not used", data.Unused.Count > 0 ? string.Join(", ", data.Unused) : "–"),
            ], ("", line => line.What), ("", line => line.Value));
        foreach (var finding in data.Findings)
            report.Say($"{finding}");
        if (data.Findings.Count == 0)
            report.Say("nothing is wrong with it");
    }

    private static object Row(DataReport data) => new
    {
        data.Directory, data.Files, data.Episodes, data.Decisions,
        Image = data.Layout?.Image is { } image ? new[] { image.Height, image.Width, image.Channels } : null,
        VectorSize = data.Layout?.VectorSize, ActionSize = data.Layout?.ActionSize, OneHot = data.Layout?.OneHot,
        data.ActionLow, data.ActionHigh, Pairing = $"{data.Pairing}".ToLowerInvariant(), data.Lengths, data.Returns,
        data.Terminal, data.Unused,
        Findings = data.Findings.Select(one => new { one.IsError, one.File, one.Key, one.Row, one.What }),
    };

    private static string Pairing(ActionPairing pairing) => pairing switch
    {
        ActionPairing.Arrival => "arrival: an action stands on the row that it led to",
        ActionPairing.Departure => "departure: an action stands on the row that it was chosen on",
        _ => "unclear",
    };

    private static string Ranges(DataReport data) => string.Join(", ", data.ActionLow.Zip(data.ActionHigh,
        (low, high) => string.Create(CultureInfo.InvariantCulture, $"{low:0.###} to {high:0.###}")));

    private static string Spread(IReadOnlyList<double> values) => values.Count == 0 ? "–"
        : $"mean {Words.Figure(values.Average())}, from {Words.Figure(values.Min())} to {Words.Figure(values.Max())}";
}
