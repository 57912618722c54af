using System.Text.Json.Serialization;
using Reverie.Cli.Display;
using Reverie.Environments;

namespace Reverie.Cli.Compare;

/// <summary>What a group of one's own runs, or somebody who reports it, came to on a task.</summary>
/// <param name="Task">the task; null where the runs do not say</param>
/// <param name="Group">the group's name, or the agent</param>
/// <param name="Runs">how many runs; 0 for what is reported</param>
/// <param name="EnvSteps">environment steps at the last record, the fewest of the group; 0 where unknown</param>
/// <param name="MaxEnvSteps">the most of the group</param>
/// <param name="Mean">mean score</param>
/// <param name="Std">standard deviation over the runs, divided by n; not a number of one, or where not reported</param>
/// <param name="Median">median; not a number where not reported</param>
/// <param name="Iqm">interquartile mean; not a number of fewer than three runs, as the interval is</param>
/// <param name="Low">lower end of its 95 % bootstrap interval</param>
/// <param name="High">upper end</param>
/// <param name="Normalised">the mean on the task's scale; not a number where it has none</param>
/// <param name="Source">who reports it; empty for one's own runs</param>
internal sealed record ScoreRow(string? Task, string Group, int Runs, long EnvSteps, long MaxEnvSteps, double Mean,
    double Std, double Median, double Iqm, double Low, double High, double Normalised, string Source)
{
    /// <summary>What a line of <c>--json</c> is.</summary>
    [JsonPropertyOrder(-1)]
    public string Kind => "score";

    /// <summary>Whether it is what somebody else reports.</summary>
    [JsonIgnore]
    public bool IsPublished => Source.Length > 0;

    /// <summary>The score of each run.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> Scores { get; init; } = [];

    /// <summary>The task's scale, or null.</summary>
    [JsonIgnore]
    public ScoreScale? Scale { get; init; }

    /// <summary><c>612 ± 31 (3)</c>: mean, deviation, number of runs.</summary>
    [JsonIgnore]
    public string Cell => Words.Figure(Mean) + (double.IsNaN(Std) ? "" : $" ± {Words.Figure(Std)}")
        + (IsPublished ? "" : $" ({Runs})");
}
