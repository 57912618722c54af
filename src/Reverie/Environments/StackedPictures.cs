namespace Reverie.Environments;

/// <summary>Shows the newest picture and those before it at once, as channels of one: the newest first. On the row of a
/// reset all of them are that row's.</summary>
public sealed class StackedPictures : PictureWrapper
{
    private readonly int count;
    private byte[] shown = [];

    /// <summary>Wraps <paramref name="inner"/>.</summary>
    /// <param name="inner">An environment that shows a picture.</param>
    /// <param name="count">Pictures at once, at least 1.</param>
    /// <exception cref="ReverieException">It shows none.</exception>
    public StackedPictures(IEnvironment inner, int count) : base(inner, own => own with { Channels = own.Channels * count })
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        this.count = count;
    }

    /// <inheritdoc/>
    protected override byte[] Change(byte[] picture, bool isFirst)
    {
        var (each, all, stacked) = (Own.Channels, Shown.Channels, new byte[Shown.Size]);
        for (var pixel = 0; pixel < picture.Length / each; pixel++)
        {
            var newest = picture.AsSpan(pixel * each, each);
            var place = stacked.AsSpan(pixel * all, all);
            newest.CopyTo(place);
            if (!isFirst)
                shown.AsSpan(pixel * all, all - each).CopyTo(place[each..]);
            else
                for (var k = 1; k < count; k++) newest.CopyTo(place[(k * each)..]);
        }
        return shown = stacked;
    }
}
