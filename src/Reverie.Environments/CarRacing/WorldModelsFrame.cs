namespace Reverie.Environments.CarRacing;

/// <summary>Two accidents of the code of World Models, for those who want its very pictures.</summary>
/// <remarks>
/// Its resizing was given floats and so stretched them over the whole range first; and it meant to invert numbers from 0
/// to 1, while what it had were bytes, so that only zeros changed visibly.
/// </remarks>
internal static class WorldModelsFrame
{
    /// <summary>The least value of the picture becomes 0, the greatest 255.</summary>
    internal static void Stretch(Span<byte> picture)
    {
        byte least = 255, most = 0;
        foreach (var value in picture)
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        var scale = most > least ? 255.0 / (most - least) : 255;
        foreach (ref var value in picture)
            value = (byte)((value - least) * scale + 0.5);
    }

    /// <summary>(1 − x)·255 as a byte, of a byte x: x − 1, and 255 of 0.</summary>
    internal static void Wrap(Span<byte> picture)
    {
        foreach (ref var value in picture)
            value = unchecked((byte)(value - 1));
    }
}
