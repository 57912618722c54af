namespace Reverie.Environments;

/// <summary>What returns of a task are measured by where several tasks are summed up: 0 is what random actions get, 1 the
/// reference.</summary>
/// <param name="Random">Mean return of random actions.</param>
/// <param name="Reference">A return that is good, or the most there is.</param>
/// <param name="Source">What the two are.</param>
public sealed record ScoreScale(double Random, double Reference, string Source)
{
    /// <summary>A return on this scale; it may be below 0 and above 1.</summary>
    public double Of(double score) => (score - Random) / (Reference - Random);
}
