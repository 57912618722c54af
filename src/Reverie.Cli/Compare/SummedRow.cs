using System.Text.Json.Serialization;

namespace Reverie.Cli.Compare;

/// <summary>A group of runs over several tasks, each measured between random actions and a reference.</summary>
/// <param name="Group">its name</param>
/// <param name="Tasks">how many have a scale</param>
/// <param name="Runs">runs on them</param>
/// <param name="Mean">mean over tasks of the mean over runs</param>
/// <param name="Median">median over tasks of the mean over runs</param>
/// <param name="Iqm">interquartile mean over all runs; it and its interval are no numbers where a task has fewer than
/// three</param>
/// <param name="Low">lower end of its 95 % interval, runs drawn again within their tasks</param>
/// <param name="High">upper end</param>
internal sealed record SummedRow(
    string Group, int Tasks, int Runs, double Mean, double Median, double Iqm, double Low, double High)
{
    /// <summary>What a line of <c>--json</c> is.</summary>
    [JsonPropertyOrder(-1)]
    public string Kind => "sum";
}
