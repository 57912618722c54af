using System.Text.Json.Serialization;
using Reverie.Cli.Display;
using Reverie.Torch;

namespace Reverie.Cli.Bench;

/// <summary>Work of a model, most of which is matrix products.</summary>
/// <param name="What">what was timed</param>
/// <param name="Seconds">median seconds of one</param>
/// <param name="Precision">type of most products, <c>fp32</c> or <c>bf16</c></param>
/// <param name="Gflops">useful arithmetic per second</param>
/// <param name="LimitGflops">what a large matrix product in the same type reaches here</param>
/// <param name="PercentOfLimit">share of it that is reached</param>
/// <param name="Fp32LimitGflops">what one in float32 reaches</param>
/// <param name="Bf16LimitGflops">what one in bfloat16 reaches</param>
internal sealed record ModelMeasurement(string What, double Seconds, string Precision, double Gflops,
    double LimitGflops, double PercentOfLimit, double Fp32LimitGflops, double Bf16LimitGflops)
    : Measurement(What, Seconds)
{
    /// <summary>How often it is done in a second.</summary>
    public double PerSecond => 1 / Seconds;

    /// <summary>Median seconds that all threads of this process were at work in one: other work on the machine changes it
    /// less than the clock.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>Parameters of each part that was at work.</summary>
    public IReadOnlyDictionary<string, long>? Parameters { get; init; }

    /// <summary>Numbers that several ranks would average in an update; 0 where no update was timed.</summary>
    [JsonIgnore]
    public long Gradients { get; init; }

    /// <summary>Where the time went, if that was asked for.</summary>
    [JsonIgnore]
    public WorkProfile? Profile { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Remark => $"limit of a large matrix product ({Fp32LimitGflops:0} in fp32, "
        + $"{(Bf16LimitGflops > 0 ? $"{Bf16LimitGflops:0}" : "none")} in bf16)";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Text => $"{What,-8} {Words.Figure(Seconds)} s  {Words.Figure(PerSecond)} a second, {Gflops:0} GFLOP/s, "
        + $"{PercentOfLimit:0} % of the {Precision} {Remark}; {Words.Gigabytes(PeakMemoryBytes)} of memory";

    /// <inheritdoc/>
    protected override string Rate => $"{Gflops:0}";

    /// <inheritdoc/>
    protected override string Share => $"{PercentOfLimit:0} % in {Precision}";

    /// <summary>A measurement from the arithmetic that was done.</summary>
    public static ModelMeasurement Of(string what, double seconds, double gigaflop, DType type, ProductLimit limit) =>
        new(what, seconds, Words.Type(type), gigaflop / seconds, limit.Of(type),
            100 * gigaflop / seconds / limit.Of(type), limit.Fp32, limit.Bf16);
}
