using System.Diagnostics;
using System.Text.Json.Serialization;
using Reverie.Cli.Display;

namespace Reverie.Cli.Bench;

/// <summary>One line of <c>reverie bench</c>.</summary>
/// <param name="What">what was timed</param>
/// <param name="Seconds">median seconds of one</param>
internal abstract record Measurement(
    [property: JsonPropertyOrder(-2)] string What, [property: JsonPropertyOrder(-1)] double Seconds)
{
    /// <summary>What the columns of <see cref="Row"/> are.</summary>
    public static string Heading { get; } = Line("what", "seconds", "GFLOP/s", "of limit", "memory", "");

    /// <summary>The most memory that the process ever had, in bytes; of graphics memory nothing is known here.</summary>
    public long PeakMemoryBytes { get; init; } = Peak();

    /// <summary>What else is to be said, for people.</summary>
    [JsonIgnore]
    public abstract string Remark { get; }

    /// <summary>For people: a row of a table.</summary>
    [JsonIgnore]
    public string Row => Line(What, Words.Figure(Seconds), Rate, Share, Words.Gigabytes(PeakMemoryBytes), Remark);

    /// <summary>For people: a line of its own.</summary>
    [JsonIgnore]
    public virtual string Text =>
        $"{What,-8} {Words.Figure(Seconds)} s  {Remark}; {Words.Gigabytes(PeakMemoryBytes)} of memory";

    /// <summary>GFLOP/s, where there is arithmetic to speak of.</summary>
    protected virtual string Rate => "–";

    /// <summary>Share of the limit, where there is one.</summary>
    protected virtual string Share => "–";

    /// <summary>The most memory that this process had so far.</summary>
    public static long Peak()
    {
        using var own = Process.GetCurrentProcess();
        return own.PeakWorkingSet64;
    }

    private static string Line(string what, string seconds, string rate, string share, string memory, string remark) =>
        $"{what,-9} {seconds,-9} {rate,-8} {share,-14} {memory,-8} {remark}".TrimEnd();
}
