namespace Reverie.Cli.Dashboard.Runs;

/// <summary>The newest lines of a metrics file: enough for the list of runs, whatever the length of the file.</summary>
/// <param name="Last">The newest line; null where there is none.</param>
/// <param name="Return">The newest line that has a return: an evaluation's before others.</param>
/// <param name="UpdatesPerSecond">Over the last minutes; null while unknown.</param>
/// <param name="EnvStepsPerSecond">Over the last minutes; null while unknown.</param>
internal sealed record MetricTail(
    MetricLine? Last, MetricLine? Return, double? UpdatesPerSecond, double? EnvStepsPerSecond)
{
    private const int MostBytes = 32 << 10;
    private const double WindowSeconds = 300;

    private static ReadOnlySpan<byte> EvaluationMark => "{\"kind\":\"evaluation\""u8;

    /// <summary>Nothing measured yet.</summary>
    public static MetricTail Empty { get; } = new(null, null, null, null);

    /// <summary>Reads the end of the file.</summary>
    public static MetricTail Read(FileStream file)
    {
        var start = Math.Max(0, file.Length - MostBytes);
        var bytes = new byte[file.Length - start];
        file.Position = start;
        ReadOnlySpan<byte> text = bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        MetricLine? last = null, first = null, result = null;
        var isSteady = false;
        // Backwards, until all is known; the first line of a part of a file may be half of one.
        while (text.LastIndexOf((byte)'\n') is >= 0 and var end)
        {
            text = text[..end];
            var begin = text.LastIndexOf((byte)'\n') + 1;
            if (begin == 0 && start > 0)
                continue;
            // Once the rates are known, an evaluation is all that could still be wanted.
            if (isSteady && result is not null && !text[begin..].StartsWith(EvaluationMark))
                continue;
            if (MetricLine.TryParse(text[begin..]) is not { } line)
                continue;
            last ??= line;
            if (line["return"] is not null
                && (result is null || (line.Kind == "evaluation" && result.Kind != "evaluation")))
                result = line;
            isSteady |= last.Seconds - line.Seconds > WindowSeconds;
            if (!isSteady)
                first = line;
            else if (result?.Kind == "evaluation")
                break;
        }
        return new(last, result, Rate(line => line.Updates), Rate(line => line.EnvSteps));

        double? Rate(Func<MetricLine, long> count) =>
            last is not null && first is not null && last.Seconds > first.Seconds
            ? (count(last) - count(first)) / (last.Seconds - first.Seconds)
            : null;
    }
}
