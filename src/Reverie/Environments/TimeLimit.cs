namespace Reverie.Environments;

/// <summary>
/// Ends an episode after so many steps. That sets <see cref="TimeStep.IsLast"/> and never
/// <see cref="TimeStep.IsTerminal"/>: more would have followed.
/// </summary>
public sealed class TimeLimit : EnvironmentWrapper
{
    private readonly int limit;
    private int steps;

    /// <summary>Wraps <paramref name="inner"/>; the row after <paramref name="limit"/> steps is the last.</summary>
    public TimeLimit(IEnvironment inner, int limit) : base(inner)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        this.limit = limit;
    }

    /// <inheritdoc/>
    public override TimeStep Reset(int? seed = null)
    {
        steps = 0;
        return Inner.Reset(seed);
    }

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action)
    {
        var step = Inner.Step(action);
        return ++steps >= limit ? step with { IsLast = true } : step;
    }
}
