namespace Reverie.Environments;

/// <summary>Makes of three colours one channel, their brightness: 0.299 red, 0.587 green and 0.114 blue (ITU-R BT.601).
/// </summary>
public sealed class GreyPicture : PictureWrapper
{
    /// <summary>Wraps <paramref name="inner"/>.</summary>
    /// <param name="inner">An environment that shows a picture of three channels.</param>
    /// <exception cref="ReverieException">It shows none, or one of another number of channels.</exception>
    public GreyPicture(IEnvironment inner) : base(inner, Grey)
    {
    }

    /// <summary>What becomes of a picture; grey stays grey.</summary>
    /// <exception cref="ConfigurationException">It has neither one nor three channels.</exception>
    internal static ImageSpace Grey(ImageSpace own) =>
        own.Views.Count > 0 && own.Views.All(view => view.Channels is 1 or 3)
            ? own with { Channels = own.Views.Count, Views = [.. own.Views.Select(view => view with { Channels = 1 })] }
        : own.Channels is 1 or 3 ? own with { Channels = 1 }
        : throw new ConfigurationException($"environment.grey: pictures of {own.Channels} channels have no three colours to "
            + "become grey; set it to false");

    /// <inheritdoc/>
    protected override byte[] Change(byte[] picture, bool isFirst)
    {
        if (Own == Shown) return picture;
        int[] channels = Own.Views.Count > 0 ? [.. Own.Views.Select(view => view.Channels)] : [Own.Channels];
        var (grey, from) = (new byte[Shown.Size], 0);
        for (var i = 0; i < grey.Length; from += channels[i++ % channels.Length])
            grey[i] = channels[i % channels.Length] == 1 ? picture[from]
                : (byte)((299 * picture[from] + 587 * picture[from + 1] + 114 * picture[from + 2] + 500) / 1000);
        return grey;
    }
}
