using System.Globalization;

namespace Reverie.Cli.Display;

/// <summary>Numbers as people read them.</summary>
internal static class Words
{
    /// <summary><c>1:02:03</c>, or dashes where there is none.</summary>
    public static string Time(TimeSpan? time) =>
        time is { } span ? $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}" : "–";

    /// <summary><c>12,000</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>12,000 runs</c>, <c>1 run</c>.</summary>
    public static string Several(long count, string what) => $"{Count(count)} {what}{(count == 1 ? "" : "s")}";

    /// <summary>Four figures, or a dash where there is no number.</summary>
    public static string Figure(double value) =>
        double.IsNaN(value) ? "–"
        : Math.Abs(value) is >= 1e-3 and < 1e6 or 0 ? value.ToString(Pattern(value), CultureInfo.InvariantCulture)
        : value.ToString("0.00e0", CultureInfo.InvariantCulture);

    /// <summary><c>fp32</c>, as the configuration calls it.</summary>
    public static string Type(Torch.DType type) => type switch
    {
        Torch.DType.BFloat16 => "bf16",
        Torch.DType.Float32 => "fp32",
        _ => type.ToString(),
    };

    /// <summary><c>3.2 GB</c>.</summary>
    public static string Gigabytes(long bytes) => (bytes / 1e9).ToString("0.0", CultureInfo.InvariantCulture) + " GB";

    private static string Pattern(double value) => Math.Abs(value) switch
    {
        >= 1000 => "0",
        >= 100 => "0.0",
        >= 10 => "0.00",
        _ => "0.000",
    };
}
