using System.Text.Json.Serialization;

namespace Reverie.Cli.Compare;

/// <summary>How probable it is that a run of one group comes to more than one of another.</summary>
/// <param name="Group">the one</param>
/// <param name="Over">the other</param>
/// <param name="Tasks">tasks on which both have three runs or more</param>
/// <param name="Probability">mean over these</param>
/// <param name="Low">lower end of its 95 % interval</param>
/// <param name="High">upper end</param>
internal sealed record ImprovementRow(string Group, string Over, int Tasks, double Probability, double Low, double High)
{
    /// <summary>What a line of <c>--json</c> is.</summary>
    [JsonPropertyOrder(-1)]
    public string Kind => "improvement";
}
