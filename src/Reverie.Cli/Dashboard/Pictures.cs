using Microsoft.AspNetCore.Http;
using Reverie.Pictures;

namespace Reverie.Cli.Dashboard;

/// <summary>Many pictures as one: a sheet of frames that the page cuts up again.</summary>
internal static class Pictures
{
    /// <summary>Frames in a row of a sheet; the page knows it too.</summary>
    public const int Columns = 32;

    private const long LargestSheet = 1L << 29;

    /// <summary>A PNG of strips, one below the other.</summary>
    /// <param name="height">Rows of a frame.</param>
    /// <param name="width">Pixels in its row.</param>
    /// <param name="strips">Each uint8 (T, height, width, 3).</param>
    /// <exception cref="ReverieException">There is nothing to see, or too much of it for one picture.</exception>
    public static IResult Sheet(int height, int width, params ReadOnlySpan<byte[]> strips)
    {
        var frames = height > 0 && width > 0 ? strips[0].Length / (height * width * 3L) : 0;
        if (frames == 0)
            throw new ReverieException("there are no pictures in it");
        var columns = (int)Math.Min(frames, Columns);
        var rows = (int)((frames + columns - 1) / columns);
        if ((long)strips.Length * rows * columns * height * width * 3 > LargestSheet)
            throw new ReverieException($"{frames} pictures of {width} x {height} are too many for a page");
        var sheet = new byte[strips.Length * rows * height * columns * width * 3];
        var stride = width * 3;
        for (var strip = 0; strip < strips.Length; strip++)
            for (var t = 0; t < frames; t++)
                for (var y = 0; y < height; y++)
                {
                    var line = (strip * rows + t / columns) * height + y;
                    strips[strip].AsSpan((t * height + y) * stride, stride)
                        .CopyTo(sheet.AsSpan((line * columns + t % columns) * stride));
                }
        var png = new MemoryStream();
        PngImage.Write(png, sheet, columns * width, strips.Length * rows * height);
        return Results.Bytes(png.ToArray(), "image/png");
    }

    /// <summary>(model − truth) / 2 about the middle grey, as in the films of <c>reverie dream</c>.</summary>
    public static byte[] Error(byte[] truth, byte[] model)
    {
        var error = new byte[truth.Length];
        for (var i = 0; i < error.Length; i++)
            error[i] = (byte)((255 + model[i] - truth[i] + 1) / 2);
        return error;
    }

    /// <summary>Root mean square error of each frame, in levels of 0 to 255.</summary>
    public static double[] RootMeanSquare(byte[] truth, byte[] model, int size)
    {
        var frames = new double[truth.Length / size];
        for (var t = 0; t < frames.Length; t++)
        {
            double sum = 0;
            for (var i = t * size; i < (t + 1) * size; i++)
                sum += (model[i] - truth[i]) * (double)(model[i] - truth[i]);
            frames[t] = Math.Sqrt(sum / size);
        }
        return frames;
    }
}
