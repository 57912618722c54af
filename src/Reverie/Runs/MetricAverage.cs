namespace Reverie.Runs;

/// <summary>An average under way, kept in checkpoints so that the log of a run that goes on has the same numbers.</summary>
/// <param name="Names">Names of the scalars.</param>
/// <param name="Sums">Their sums, in the same order.</param>
/// <param name="Count">Updates summed.</param>
public sealed record MetricAverage(IReadOnlyList<string> Names, IReadOnlyList<double> Sums, int Count);
