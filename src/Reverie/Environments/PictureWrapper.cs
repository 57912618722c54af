namespace Reverie.Environments;

/// <summary>Changes the picture of every row, and leaves the rest.</summary>
public abstract class PictureWrapper : EnvironmentWrapper
{
    /// <summary>Wraps an environment that shows a picture, perhaps beside a vector.</summary>
    /// <param name="inner">The environment.</param>
    /// <param name="change">From its picture to the one that is shown.</param>
    /// <exception cref="ReverieException">It shows none, or one that cannot be changed so.</exception>
    private protected PictureWrapper(IEnvironment inner, Func<ImageSpace, ImageSpace> change) : base(inner)
    {
        Own = SpaceRule.PictureOf(inner.ObservationSpace)
            ?? throw new EnvironmentException($"an environment that observes {inner.ObservationSpace} shows no picture");
        Shown = change(Own);
        ObservationSpace = PictureChoice.With(inner.ObservationSpace, Shown);
    }

    /// <inheritdoc/>
    public override Space ObservationSpace { get; }

    /// <summary>The picture of the environment inside.</summary>
    protected ImageSpace Own { get; }

    /// <summary>The picture that is shown.</summary>
    protected ImageSpace Shown { get; }

    /// <inheritdoc/>
    public override TimeStep Reset(int? seed = null) => Changed(Inner.Reset(seed));

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action) => Changed(Inner.Step(action));

    /// <summary>A new picture, (H, W, C) of <see cref="Shown"/>.</summary>
    /// <param name="picture">That of the row, of the size of <see cref="Own"/>.</param>
    /// <param name="isFirst">Whether the row is that of a reset.</param>
    protected abstract byte[] Change(byte[] picture, bool isFirst);

    // What wraps this one tells of a picture that has another size than was said.
    private TimeStep Changed(TimeStep row) =>
        row.Image?.Length == Own.Size ? row with { Image = Change(row.Image, row.IsFirst) } : throw new EnvironmentException(
            $"its image has {row.Image?.Length ?? 0} bytes where {Own.Size} are due, for {Own}");
}
