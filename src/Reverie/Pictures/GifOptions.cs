namespace Reverie.Pictures;

/// <summary>How an animation is written.</summary>
public sealed record GifOptions
{
    /// <summary>Milliseconds each frame stands, rounded to tens; browsers want 20 at least.</summary>
    public int DelayMilliseconds { get; init; } = 50;

    /// <summary>Milliseconds that the last frame stands; 0 for as long as the others.</summary>
    public int LastDelayMilliseconds { get; init; }

    /// <summary>Whether it starts over at the end, for ever.</summary>
    public bool Loop { get; init; } = true;

    /// <summary>A palette for each frame in place of one for all: larger, truer where the frames differ much.</summary>
    public bool PalettePerFrame { get; init; }

    /// <summary>Spreads the error of a colour over its neighbours (Floyd and Steinberg, 1976); off, areas stay
    /// calm and the file small.</summary>
    public bool Dither { get; init; }
}
