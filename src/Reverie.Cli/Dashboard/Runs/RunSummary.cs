using Reverie.Runs;


namespace Reverie.Cli.Dashboard.Runs;

/// <summary>A run in the list of runs.</summary>
internal sealed record RunSummary
{
    /// <summary>Path in the folder that is shown; <c>.</c> where that folder is the run itself.</summary>
    public required string Id { get; init; }

    /// <summary>The sweep that it belongs to, as <see cref="Id"/> is a path; null where it belongs to none.</summary>
    public string? Sweep { get; init; }

    public required RunState State { get; init; }

    /// <summary>What is wrong with its files, in a line; null where nothing is.</summary>
    public string? Damage { get; init; }

    /// <summary>Alike for runs that differ in their seed only.</summary>
    public required string Setting { get; init; }

    public string? Task { get; init; }
    public string? Agent { get; init; }
    public string? Seed { get; init; }
    public required string Presets { get; init; }

    /// <summary>Of the last evaluation, else of the last episode; null before the first.</summary>
    public double? Return { get; init; }

    /// <summary>Where <see cref="Return"/> is from: <c>evaluation</c>, <c>episode</c>, <c>generation</c>.</summary>
    public string? ReturnOf { get; init; }

    public long EnvSteps { get; init; }
    public long Updates { get; init; }
    public long Episodes { get; init; }

    /// <summary>Seconds it was worked on.</summary>
    public double Seconds { get; init; }

    /// <summary>What it is over with, the nearest if there are several; null where nobody says.</summary>
    public RunGoal? Goal { get; init; }

    /// <summary>Share of it that is done, 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>Of the last minutes, collecting and evaluating included.</summary>
    public double? UpdatesPerSecond { get; init; }

    public double? EnvStepsPerSecond { get; init; }

    /// <summary>Last sign of life.</summary>
    public required DateTime Changed { get; init; }
}
