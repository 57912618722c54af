using System.Text.Json.Serialization;
using Reverie.Cli.Display;
using Reverie.Cli.Records;

namespace Reverie.Cli.Compare;

/// <summary>A run held against the band of its setting.</summary>
/// <param name="Verdict"><c>ok</c>, <c>below</c>, <c>no band</c>, or <c>no run</c> for a band that none is of</param>
/// <param name="Agent">the algorithm</param>
/// <param name="Task">the task</param>
/// <param name="Seed">of the run; null where there is none</param>
/// <param name="Return">of its last test; not a number where there is none</param>
/// <param name="Band">the band; null where no seed of the setting is recorded</param>
internal sealed record BandCheck(
    string Verdict, string Agent, string Task, int? Seed, double Return, [property: JsonIgnore] ScoreBand? Band)
{
    private const string Ok = "ok", Below = "below", NoBand = "no band", NoRun = "no run";

    /// <summary>Whether it is within.</summary>
    [JsonIgnore]
    public bool Passes => Verdict == Ok;

    /// <summary>Whether it stops whoever asked.</summary>
    [JsonIgnore]
    public bool Fails => Verdict is Below or NoRun;

    /// <summary>The least return within the band; not a number where there is none.</summary>
    public double Low => Fault is null ? Band!.Low : double.NaN;

    /// <summary>The mean of the seeds that made it.</summary>
    public double Mean => Band?.Mean ?? double.NaN;

    /// <summary>Their standard deviation, of n − 1.</summary>
    public double Deviation => Band?.Deviation ?? double.NaN;

    /// <summary>What random actions get.</summary>
    public double Random => Band?.Random ?? double.NaN;

    /// <summary>Why there is no band; null where there is one.</summary>
    public string? Fault => Band is null ? "no seed of its setting is recorded" : Band.Fault;

    /// <summary>For people.</summary>
    [JsonIgnore]
    public string Line => $"{Verdict}: {Agent} on {Task}"
        + (Seed is null ? "; " : $", seed {Seed}: {Words.Figure(Return)}; ")
        + (Fault ?? $"{ScoreBand.Seeds} seeds came to {Words.Figure(Mean)} ± {Words.Figure(Deviation)}, "
            + $"below {Words.Figure(Low)} a run fails; random actions get {Words.Figure(Random)}");

    /// <summary>Holds runs against bands: a check for each run, then one for each band that none is of.</summary>
    /// <exception cref="ReverieException">a run has a seed of those that made its band, or was not tested</exception>
    public static IReadOnlyList<BandCheck> Of(IReadOnlyList<RunRecord> runs, IReadOnlyList<ScoreBand> bands) =>
    [
        .. runs.Select(run => Of(run, bands.FirstOrDefault(band => band.IsOf(run)))),
        .. bands.Where(band => band.Fault is null && !runs.Any(band.IsOf))
            .Select(band => new BandCheck(NoRun, band.Runs[0].Agent, band.Runs[0].Task, null, double.NaN, band)),
    ];

    private static BandCheck Of(RunRecord run, ScoreBand? band)
    {
        if (band is not null && band.Runs.Any(one => one.Seed == run.Seed))
            throw new ReverieException($"{run.Agent} on {run.Task}: seed {run.Seed} is one of those that made the "
                + "band; take another");
        if (band is { Fault: null } && run.Tests.Count == 0)
            throw new ReverieException($"{run.Agent} on {run.Task}: seed {run.Seed} was not tested; a run is judged by "
                + "its last test");
        var came = ScoreBand.Return(run);
        return new BandCheck(band is not { Fault: null } ? NoBand : came >= band.Low ? Ok : Below,
            run.Agent, run.Task, run.Seed, came, band);
    }
}
