namespace Reverie.Environments;

/// <summary>
/// Puts a picture into every row. It stands outside <see cref="ActionRepeat"/>, so that one picture a decision is drawn.
/// </summary>
/// <param name="inner">The environment to look at.</param>
/// <param name="source">What draws it: the innermost environment as a rule.</param>
/// <param name="keepVector">Whether the vector observation stays beside the picture.</param>
public sealed class PixelObservation(IEnvironment inner, IPictureSource source, bool keepVector = false)
    : EnvironmentWrapper(inner)
{
    /// <inheritdoc/>
    public override Space ObservationSpace => keepVector && Inner.ObservationSpace is BoxSpace vector
        ? new MixedSpace(source.Picture, vector)
        : source.Picture;

    /// <inheritdoc/>
    public override TimeStep Reset(int? seed = null) => Look(Inner.Reset(seed));

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action) => Look(Inner.Step(action));

    private TimeStep Look(TimeStep row) =>
        row with { Image = source.Draw(), Vector = keepVector ? row.Vector : [] };
}
