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
    internal static ImageSpace Grey(ImageSpace own) => own.Channels is 1 or 3 ? own with { Channels = 1 }
        : throw new ConfigurationException($"environment.grey: pictures of {own.Channels} channels have no three colours to "
            + "become grey; set it to false");

    /// <inheritdoc/>
    protected override byte[] Change(byte[] picture, bool isFirst)
    {
        if (Own.Channels == 1) return picture;
        var grey = new byte[picture.Length / 3];
        for (var i = 0; i < grey.Length; i++)
            grey[i] = (byte)((299 * picture[3 * i] + 587 * picture[3 * i + 1] + 114 * picture[3 * i + 2] + 500) / 1000);
        return grey;
    }
}
