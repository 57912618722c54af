using Reverie.Pictures;

namespace Reverie.Tests.Pictures;

public sealed class DreamVideoTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("reverie-dream-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    /// <summary>Four frames of 8 by 6, truth 40 t everywhere, model 20 more in red.</summary>
    private static DreamClip Clip()
    {
        var truth = new byte[4 * 6 * 8 * 3];
        for (int i = 0; i < truth.Length; i++)
            truth[i] = (byte)(40 * (i / (6 * 8 * 3)));
        byte[] model = [.. truth.Select((v, i) => (byte)(i % 3 == 0 ? v + 20 : v))];
        return new DreamClip { Truth = truth, Model = model, Height = 6, Width = 8, ContextFrames = 2 };
    }

    [Fact]
    public void TheStripHoldsTruthModelAndErrorUnderOneAnother()
    {
        string path = Path.Combine(directory, "dream.png");
        DreamVideo.WriteStrip(path, Clip(), columns: 4, scale: 3);
        (byte[] rgb, int width, _) = PngImage.Read(path);
        // The column of frame 3: three pictures of one colour each, in this order.
        int x = width - 6 - 2 - 12;
        int[] column = [.. Enumerable.Range(0, rgb.Length / 3 / width).Select(y =>
        {
            int i = 3 * (y * width + x);
            return rgb[i] << 16 | rgb[i + 1] << 8 | rgb[i + 2];
        })];
        int[] areas = [.. column.Where(c => c is 0x787878 or 0x8C7878 or 0x8A8080).Distinct()];
        Assert.Equal([0x787878, 0x8C7878, 0x8A8080], areas);
        Assert.All(areas, area => Assert.Equal(18, column.Count(c => c == area)));
        Assert.Contains(DreamVideo.Imagined, column);
        Assert.DoesNotContain(DreamVideo.Seen, column);
    }

    [Fact]
    public void TheBorderTellsSeenFromImaginedInTheAnimation()
    {
        string path = Path.Combine(directory, "dream.gif");
        DreamVideo.WriteGif(path, Clip(), scale: 2);
        var gif = new GifDecoder(File.ReadAllBytes(path));
        Assert.Equal(4, gif.Frames.Count);
        int[] counts = [.. gif.Frames.Select(f => Count(f, DreamVideo.Imagined))];
        Assert.Equal([0, 0], counts[..2]);
        Assert.All(counts[2..], c => Assert.True(c > 100));
        Assert.True(Count(gif.Frames[1], DreamVideo.Seen) > 100);
    }

    [Fact]
    public void ChosenFramesHaveBothEnds()
    {
        Assert.Equal([0, 3, 6, 9], DreamVideo.Choose(10, 4));
        Assert.Equal([0, 1], DreamVideo.Choose(2, 4));
        Assert.Equal([0], DreamVideo.Choose(5, 1));
    }

    [Fact]
    public void ShapesThatDisagreeAreRefused()
    {
        DreamClip clip = Clip();
        Assert.Throws<ArgumentException>(() => DreamVideo.WriteGif("x.gif", clip with { Model = new byte[3] }));
        Assert.Throws<ArgumentException>(() => DreamVideo.WriteGif("x.gif", clip with { ContextFrames = 5 }));
        Assert.Throws<ArgumentException>(() => DreamVideo.WriteGif("x.gif", clip with { Width = 7 }));
    }

    private static int Count(byte[] rgb, int color)
        => rgb.Chunk(3).Count(p => (p[0] << 16 | p[1] << 8 | p[2]) == color);
}
