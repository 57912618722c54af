using Reverie.Pictures;

namespace Reverie.Tests.Pictures;

public class GifWriterTests
{
    /// <summary>Noise over a number of colours: the worst case, in which the code table fills.</summary>
    private static byte[] Noise(int pixels, int colors, int seed)
    {
        var random = new Random(seed);
        var rgb = new byte[pixels * 3];
        for (int i = 0; i < rgb.Length; i += 3)
        {
            int color = random.Next(colors);
            (rgb[i], rgb[i + 1], rgb[i + 2]) = ((byte)color, (byte)(color * 7), (byte)(255 - color));
        }
        return rgb;
    }

    private static GifDecoder RoundTrip(IReadOnlyList<byte[]> frames, int width, int height, GifOptions? options = null)
    {
        using var stream = new MemoryStream();
        GifWriter.Write(stream, frames, width, height, options);
        return new GifDecoder(stream.ToArray());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(17, false)]
    [InlineData(256, false)]
    [InlineData(256, true)]
    public void PicturesOfFewColoursComeBackExactly(int colors, bool perFrame)
    {
        byte[][] frames = [.. Enumerable.Range(0, 3).Select(seed => Noise(120 * 90, colors, seed))];
        GifDecoder gif = RoundTrip(frames, 120, 90, new GifOptions { PalettePerFrame = perFrame });
        Assert.Equal((120, 90), (gif.Width, gif.Height));
        Assert.Equal(frames, gif.Frames);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(4100)]
    public void EveryLengthOfACalmPictureComesBack(int width)
    {
        byte[] calm = Noise(width, 1, 0), two = Noise(width, 2, 1);
        Assert.Equal([calm, two, two, calm], RoundTrip([calm, two, two, calm], width, 1).Frames);
    }

    [Fact]
    public void ASmallChangeComesBackAndCostsLittle()
    {
        byte[] first = Noise(200 * 200, 200, 5), second = (byte[])first.Clone();
        second.AsSpan(3 * (77 * 200 + 31), 3).Clear();
        Assert.Equal([first, second, second], RoundTrip([first, second, second], 200, 200).Frames);
        using MemoryStream one = new(), three = new();
        GifWriter.Write(one, [first], 200, 200);
        GifWriter.Write(three, [first, second, second], 200, 200);
        Assert.InRange(three.Length - one.Length, 1, 100);
    }

    [Fact]
    public void DelayAndLoopAreWritten()
    {
        byte[] frame = Noise(4, 2, 0);
        var options = new GifOptions { DelayMilliseconds = 70, LastDelayMilliseconds = 1000 };
        GifDecoder gif = RoundTrip([frame, frame], 2, 2, options);
        Assert.Equal([7, 100], gif.Delays);
        Assert.True(gif.Loops);
        Assert.False(RoundTrip([frame], 2, 2, options with { Loop = false }).Loops);
    }

    [Theory]
    [InlineData(false, 6)]
    [InlineData(true, 10)]
    public void ManyColoursStayNear(bool dither, double bound)
    {
        var smooth = new byte[64 * 64 * 3];
        for (int i = 0; i < 64 * 64; i++)
            (smooth[3 * i], smooth[3 * i + 1], smooth[3 * i + 2])
                = ((byte)(4 * (i % 64)), (byte)(4 * (i / 64)), (byte)(2 * (i % 64 + i / 64)));
        byte[] read = RoundTrip([smooth], 64, 64, new GifOptions { Dither = dither }).Frames[0];
        Assert.InRange(Math.Sqrt(read.Zip(smooth, (a, b) => Math.Pow(a - b, 2)).Average()), 0.1, bound);
        for (int c = 0; c < 3; c++)
            Assert.Equal(Mean(smooth, c), Mean(read, c), dither ? 0.7 : 3);
    }

    [Fact]
    public void WrongFramesAreRefused()
    {
        Assert.Throws<ArgumentException>(() => GifWriter.Write(Stream.Null, [], 2, 2));
        Assert.Throws<ArgumentException>(() => GifWriter.Write(Stream.Null, [new byte[11]], 2, 2));
        Assert.ThrowsAny<ReverieException>(() => GifWriter.Write("/no/such/folder/x.gif", [new byte[12]], 2, 2));
    }

    private static double Mean(byte[] rgb, int channel)
        => rgb.Where((_, i) => i % 3 == channel).Average(v => (double)v);
}
