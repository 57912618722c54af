using System.Text.Json.Serialization;

namespace Reverie.Cli.Bench;

/// <summary>One line of <c>reverie bench</c>.</summary>
/// <param name="What">what was timed</param>
/// <param name="Seconds">median seconds of one</param>
/// <param name="Gflops">useful arithmetic per second; null where there is none to speak of</param>
/// <param name="LimitGflops">what a large matrix product in the same type reaches here</param>
/// <param name="PercentOfLimit">share of it that is reached</param>
internal sealed record Measurement(
    string What, double Seconds, double? Gflops, double? LimitGflops, double? PercentOfLimit)
{
    /// <summary>Where the time went, if that was asked for.</summary>
    [JsonIgnore]
    public WorkProfile? Profile { get; init; }

    /// <summary>A measurement of work that is matrix products for the most part.</summary>
    public static Measurement Of(string what, double seconds, double gigaflop, double limit) =>
        new(what, seconds, gigaflop / seconds, limit, 100 * gigaflop / seconds / limit);
}
