namespace Reverie.Environments;

/// <summary>Makes pictures of another size, larger or smaller, by means over areas: every pixel counts by the part of it
/// that lies in the cell of a new one.</summary>
public sealed class ResizedPicture : PictureWrapper
{
    private readonly AreaMeans means;

    /// <summary>Wraps <paramref name="inner"/>.</summary>
    /// <param name="inner">An environment that shows a picture.</param>
    /// <param name="height">Rows of the new pictures.</param>
    /// <param name="width">Pixels of their rows.</param>
    /// <exception cref="ReverieException">It shows none.</exception>
    public ResizedPicture(IEnvironment inner, int height, int width)
        : base(inner, own => own with { Height = height, Width = width })
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        means = new AreaMeans((Own.Height, Own.Width), (height, width), Own.Channels);
    }

    /// <inheritdoc/>
    protected override byte[] Change(byte[] picture, bool isFirst) => means.Apply(picture);
}
