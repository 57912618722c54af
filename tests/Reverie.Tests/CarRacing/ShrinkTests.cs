using Reverie.Environments.CarRacing;

namespace Reverie.Tests.CarRacing;

public sealed class ShrinkTests
{
    [Theory]
    [InlineData(1000, 800, 96, 96)]
    [InlineData(1000, 800, 64, 64)]
    [InlineData(20, 30, 10, 7)]
    public void RunsOfOnePaintChangeNothing(int width, int height, int toWidth, int toHeight)
    {
        var picture = new Rasteriser(width, height, outlines: true);
        picture.Clear(Paint.Field);
        var random = new RandomSource(5);
        var same = new Affine(1, 0, 0, 1, 0, 0);
        for (var i = 0; i < 60; i++)
        {
            double[] corners = [.. Enumerable.Range(0, 6).Select(k =>
                random.NextDouble(-5, k % 2 == 0 ? width + 5 : height + 5))];
            picture.Fill(corners, same, (Paint)random.NextInt(13));
        }
        var rgb = new byte[3 * toWidth * toHeight];
        new Shrink(Look.V3.Palette, (width, height), (toWidth, toHeight)).Apply(picture, rgb);
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = new int[height][];
            for (var y = 0; y < height; y++)
                plane[y] = [.. picture.Row(y).ToArray().Select(paint => (int)Look.V3.Palette[3 * (int)paint + channel])];
            var narrow = plane.Select(row => Line(row, toWidth)).ToArray();
            for (var x = 0; x < toWidth; x++)
            {
                var column = Line([.. narrow.Select(row => row[x])], toHeight);
                for (var y = 0; y < toHeight; y++)
                    Assert.Equal(column[y], rgb[3 * (y * toWidth + x) + channel]);
            }
        }
    }

    [Fact]
    public void PlainColoursLoseTwoLevelsAtMost()
    {
        var picture = new Rasteriser(1000, 800, outlines: true);
        picture.Clear(Paint.Field);
        var rgb = new byte[3 * 96 * 96];
        new Shrink(Look.V3.Palette, (1000, 800), (96, 96)).Apply(picture, rgb);
        Assert.Equal([100, 202, 100], rgb[..3]);
        Assert.All(rgb.Chunk(3), pixel => Assert.Equal(rgb[..3], pixel));
    }

    // A line of pixels, one after another, as the rule says it.
    private static int[] Line(int[] pixels, int count)
    {
        var step = 65536 * pixels.Length / count;
        var inverse = (int)((1L << 32) / step);
        var (cells, sum, left) = (new List<int>(), 0, step);
        foreach (var pixel in pixels)
            if (left > 65536)
                (sum, left) = (sum + pixel, left - 65536);
            else
            {
                cells.Add((int)((uint)((sum + (pixel * left >> 16)) * inverse) >> 16));
                (sum, left) = (pixel * (65536 - left) >> 16, step - (65536 - left));
            }
        return [.. cells];
    }
}
