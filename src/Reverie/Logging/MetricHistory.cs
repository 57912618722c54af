namespace Reverie.Logging;

/// <summary>What a metrics file holds.</summary>
/// <param name="Records">The measurements, in the order written.</param>
/// <param name="HalfLastLine">True where the last line is cut short (the writer was killed, or is writing now); that
/// line is not among the records.</param>
public sealed record MetricHistory(IReadOnlyList<MetricRecord> Records, bool HalfLastLine);
