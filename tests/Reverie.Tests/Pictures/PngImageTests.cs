using Reverie.Pictures;

namespace Reverie.Tests.Pictures;

public class PngImageTests
{
    private static string Golden(string name)
        => Path.Combine(AppContext.BaseDirectory, "Golden", "Logging", name);

    /// <summary>The picture that the golden files hold: red 7x+3y, green 5xy, blue 255-11x+y, all modulo 256.</summary>
    private static byte[] Pattern(int width, int height)
    {
        var rgb = new byte[height * width * 3];
        for (int y = 0, i = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                rgb[i++] = (byte)(7 * x + 3 * y);
                rgb[i++] = (byte)(5 * x * y);
                rgb[i++] = (byte)(255 - 11 * x + y);
            }
        return rgb;
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(64, 64)]
    [InlineData(37, 5)]
    public void RgbComesBack(int width, int height)
    {
        byte[] rgb = Pattern(width, height);
        using var stream = new MemoryStream();
        PngImage.Write(stream, rgb, width, height);
        stream.Position = 0;
        (byte[] read, int w, int h) = PngImage.Read(stream);
        Assert.Equal((width, height), (w, h));
        Assert.Equal(rgb, read);
    }

    [Fact]
    public void NoiseAndGreyComeBack()
    {
        var grey = new byte[31 * 17];
        new Random(3).NextBytes(grey);
        using var stream = new MemoryStream();
        PngImage.Write(stream, grey, 31, 17);
        stream.Position = 0;
        (byte[] read, int w, int h) = PngImage.Read(stream);
        Assert.Equal((31, 17), (w, h));
        Assert.Equal(grey.SelectMany(g => new[] { g, g, g }), read);
    }

    [Theory]
    [InlineData("rgb_all_filters.png")]
    [InlineData("rgba.png")]
    public void FilesOfAnotherWriterAreRead(string name)
    {
        (byte[] read, int w, int h) = PngImage.Read(Golden(name));
        Assert.Equal((13, 11), (w, h));
        Assert.Equal(Pattern(13, 11), read);
    }

    [Fact]
    public void PaletteIsLookedUp()
    {
        (byte[] read, int w, int h) = PngImage.Read(Golden("palette.png"));
        Assert.Equal((3, 1), (w, h));
        Assert.Equal(new byte[] { 255, 0, 0, 0, 0, 255, 10, 20, 30 }, read);
    }

    [Fact]
    public void DamageIsOneLineThatNamesTheFile()
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] bytes = File.ReadAllBytes(Golden("rgba.png"));
            bytes[60] ^= 1;
            File.WriteAllBytes(path, bytes);
            Assert.Contains(path, Assert.ThrowsAny<ReverieException>(() => PngImage.Read(path)).Message);
            File.WriteAllBytes(path, bytes[..50]);
            Assert.Contains("ends too early", Assert.ThrowsAny<ReverieException>(() => PngImage.Read(path)).Message);
            File.WriteAllText(path, "no picture");
            Assert.Contains("not a PNG", Assert.ThrowsAny<ReverieException>(() => PngImage.Read(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void WrongLengthIsRefused()
        => Assert.Throws<ArgumentException>(() => PngImage.Write(Stream.Null, new byte[10], 2, 2));
}
