namespace Reverie.Environments;

/// <summary>Leaves of every row the picture or the vector alone.</summary>
/// <param name="inner">An environment that observes both.</param>
/// <param name="shown">What is left: an <see cref="ImageSpace"/> or a <see cref="BoxSpace"/>.</param>
public sealed class PartialObservation(IEnvironment inner, Space shown) : EnvironmentWrapper(inner)
{
    /// <inheritdoc/>
    public override Space ObservationSpace => shown;

    /// <inheritdoc/>
    public override TimeStep Reset(int? seed = null) => Part(Inner.Reset(seed));

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action) => Part(Inner.Step(action));

    private TimeStep Part(TimeStep row) => shown is ImageSpace ? row with { Vector = [] } : row with { Image = [] };
}
