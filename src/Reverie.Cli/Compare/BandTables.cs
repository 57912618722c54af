using System.Globalization;
using Reverie.Cli.Display;
using Reverie.Cli.Records;

namespace Reverie.Cli.Compare;

/// <summary>Bands as a page shows them, with all that is to be known of the runs that made them.</summary>
internal static class BandTables
{
    /// <summary>Two tables in Markdown.</summary>
    public static string Of(IReadOnlyList<ScoreBand> bands) =>
        $"{Returns(bands).Markdown()}\n{Origins(bands).Markdown()}";

    private static TextTable Returns(IReadOnlyList<ScoreBand> bands) => new(
        ["algorithm", "task", "fails below", "mean", "deviation", "random actions", "seeds and their returns"],
        [
            .. bands.Select(band => (IReadOnlyList<string>)[band.Runs[0].Agent, band.Runs[0].Task,
                band.Fault is { } fault ? $"no band: {fault}" : Words.Figure(band.Low), Words.Figure(band.Mean),
                Words.Figure(band.Deviation), Words.Figure(band.Random), string.Join(", ", band.Runs.Select(run =>
                    $"{run.Seed}: {ScoreBand.Return(run).ToString("0.###", CultureInfo.InvariantCulture)}"))]),
        ]);

    private static TextTable Origins(IReadOnlyList<ScoreBand> bands) => new(
        ["algorithm", "presets", "env steps", "updates", "core minutes", "test episodes", "begun", "commit", "machine"],
        [
            .. bands.Select(band => (IReadOnlyList<string>)[band.Runs[0].Agent, string.Join(',', band.Runs[0].Presets),
                Range(band, run => run.EnvSteps), Range(band, run => run.Updates), Range(band, run => run.CoreMinutes),
                Range(band, run => run.Tests[^1].Episodes), Each(band, run => run.Started.Split('T')[0]),
                Each(band, run => run.ShortCommit),
                Each(band, run => $"{run.Machine.Processor}, {run.Machine.Instructions}, {run.Machine.Precision}, "
                    + $"libtorch {run.Machine.Libtorch}")]),
        ]);

    private static string Range(ScoreBand band, Func<RunRecord, double> figure)
    {
        var (low, high) = (band.Runs.Min(figure), band.Runs.Max(figure));
        return low == high ? Text(low) : $"{Text(low)} to {Text(high)}";
    }

    private static string Text(double figure) => figure.ToString("#,0.#", CultureInfo.InvariantCulture);

    private static string Each(ScoreBand band, Func<RunRecord, string> word) =>
        string.Join("; ", band.Runs.Select(word).Distinct());
}
