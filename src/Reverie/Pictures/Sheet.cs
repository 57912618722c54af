using System.Runtime.InteropServices;
using SkiaSharp;

namespace Reverie.Pictures;

/// <summary>An RGB picture to draw on: rectangles, enlarged pictures, text, and whatever Skia draws.</summary>
/// <remarks>Colours are packed 0xRRGGBB. Pixel (x, y) covers the square from x, y to x+1, y+1. What lies outside is cut
/// off.</remarks>
internal sealed class Sheet : IDisposable
{
    private const uint Opaque = 0xFF000000;
    private readonly SKBitmap pixels;

    public Sheet(int width, int height, int background)
    {
        pixels = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        Surface = new SKCanvas(pixels);
        Surface.Clear(Color(background));
    }

    public int Width => pixels.Width;

    public int Height => pixels.Height;

    /// <summary>For what is not offered here.</summary>
    public SKCanvas Surface { get; }

    /// <summary>A copy, uint8 (Height, Width, 3).</summary>
    public byte[] Rgb
    {
        get
        {
            var rgb = new byte[Width * Height * 3];
            ReadOnlySpan<byte> bgra = pixels.GetPixelSpan();
            for (int i = 0, from = 0; i < rgb.Length; i += 3, from += 4)
                (rgb[i], rgb[i + 1], rgb[i + 2]) = (bgra[from + 2], bgra[from + 1], bgra[from]);
            return rgb;
        }
    }

    public int this[int x, int y] => (int)((uint)pixels.GetPixel(x, y) & ~Opaque);

    public void Fill(int left, int top, int width, int height, int color)
    {
        using var paint = new SKPaint { Color = Color(color) };
        Surface.DrawRect(left, top, width, height, paint);
    }

    /// <summary>A picture (height, width, 3) with every pixel made a square of <paramref name="scale"/>.</summary>
    public void Blit(ReadOnlySpan<byte> rgb, int width, int height, int left, int top, int scale)
    {
        var packed = new uint[width * height];
        for (int i = 0, from = 0; i < packed.Length; i++, from += 3)
            packed[i] = Opaque | (uint)(rgb[from] << 16 | rgb[from + 1] << 8 | rgb[from + 2]);
        var kind = new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using SKImage picture = SKImage.FromPixelCopy(kind, MemoryMarshal.AsBytes<uint>(packed));
        Surface.DrawImage(picture, new SKRect(left, top, left + width * scale, top + height * scale),
            new SKSamplingOptions(SKFilterMode.Nearest));
    }

    /// <summary>Text whose top left corner is given, the top of its capitals.</summary>
    /// <param name="text">One line.</param>
    /// <param name="left">Its left end.</param>
    /// <param name="top">The top of its capitals.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="size">Pixels an em.</param>
    public void Text(string text, int left, int top, int color, float size)
    {
        using SKFont font = Lettering.Of(size);
        using var paint = new SKPaint { Color = Color(color), IsAntialias = true };
        Surface.DrawText(Lettering.Known(text), left, top + MathF.Round(font.Metrics.CapHeight), font, paint);
    }

    public void Dispose()
    {
        Surface.Dispose();
        pixels.Dispose();
    }

    private static SKColor Color(int color) => new(Opaque | (uint)color);
}
