using Reverie.Environments;

namespace Reverie.Tests.Environments;

public sealed class AreaMeansTests
{
    [Theory]
    [InlineData(96, 128)]
    [InlineData(40, 60)]
    [InlineData(210, 160)]
    [InlineData(64, 65)]
    public void EveryPixelCountsByItsPart(int height, int width)
    {
        var random = new Random(1);
        var picture = new byte[height * width * 3];
        random.NextBytes(picture);
        var made = new AreaMeans((height, width), (64, 64)).Apply(picture);
        Assert.Equal(64 * 64 * 3, made.Length);
        foreach (var (row, column, channel) in new[] { (0, 0, 0), (63, 63, 2), (20, 41, 1), (33, 7, 0) })
            Assert.Equal(Mean(picture, height, width, row, column, channel), made[(row * 64 + column) * 3 + channel],
                tolerance: 0.51);
    }

    [Fact]
    public void OneColourStaysWhatItIs() =>
        Assert.All(new AreaMeans((70, 50), (64, 64)).Apply([.. Enumerable.Repeat((byte)255, 70 * 50 * 3)]),
            value => Assert.Equal(255, value));

    private static double Mean(byte[] picture, int height, int width, int row, int column, int channel)
    {
        var (sum, tall, wide) = (0.0, height / 64.0, width / 64.0);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                sum += picture[(y * width + x) * 3 + channel]
                    * Common(y, row * tall, tall) * Common(x, column * wide, wide);
        return sum / (tall * wide);
    }

    private static double Common(int pixel, double start, double size) =>
        Math.Max(0, Math.Min(pixel + 1, start + size) - Math.Max(pixel, start));
}
