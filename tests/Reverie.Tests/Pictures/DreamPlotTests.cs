using Reverie.Pictures;

namespace Reverie.Tests.Pictures;

public sealed class DreamPlotTests : IDisposable
{
    private const int Panel = 460, Tall = 150, Heading = 34;

    private readonly string directory = Directory.CreateTempSubdirectory("reverie-dream-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    /// <summary>Twenty rows of three entries: the model has the first exactly, the second one too high, the third
    /// upside down.</summary>
    private static DreamCurves Curves(int context) => new()
    {
        Truth = [.. Enumerable.Range(0, 20).SelectMany(t => new float[] { t, 0, t })],
        Model = [.. Enumerable.Range(0, 20).SelectMany(t => new float[] { t, 1, -t })],
        Names = ["even", "above", "opposite"],
        ContextRows = context,
    };

    [Fact]
    public void ALongVectorIsShownBySomeOfItsEntries()
    {
        const int Long = 10_000, Rows = 4;
        var curves = new DreamCurves
        {
            Truth = new float[Rows * Long], Model = new float[Rows * Long],
            Names = [.. Enumerable.Range(0, Long).Select(i => $"entry {i}")], ContextRows = 2,
        };
        using Sheet sheet = DreamPlot.Draw(curves);
        Assert.Equal((4 * Panel, Heading + DreamPlot.MostEntries / 4 * Tall), (sheet.Width, sheet.Height));
    }

    [Fact]
    public void EveryEntryHasAPlotInTheColoursOfTruthSeenAndImagined()
    {
        string path = Path.Combine(directory, "dream.png");
        DreamPlot.Write(path, Curves(context: 8));
        (byte[] rgb, int width, int height) = PngImage.Read(path);
        Assert.Equal((2 * Panel, Heading + 2 * Tall), (width, height));
        for (int entry = 0; entry < 3; entry++)
        {
            (int left, int top) = (entry % 2 * Panel, Heading + entry / 2 * Tall);
            int[] seen = Columns(rgb, width, left, top, DreamVideo.Seen);
            int[] imagined = Columns(rgb, width, left, top, DreamVideo.Imagined);
            Assert.True(seen.Length > 100 && imagined.Length > 100, $"entry {entry}");
            Assert.True(seen.Max() <= imagined.Min() + 4, $"entry {entry}");      // one after the other
        }
        Assert.Empty(Columns(rgb, width, Panel, Heading + Tall, DreamVideo.Seen));    // no fourth entry
    }

    [Theory]
    [InlineData(20, 0)]
    [InlineData(0, 1)]
    public void AllMayBeSeenOrNothing(int context, int without)
    {
        string path = Path.Combine(directory, "dream.png");
        DreamPlot.Write(path, Curves(context));
        (byte[] rgb, int width, _) = PngImage.Read(path);
        int[] colors = [DreamVideo.Imagined, DreamVideo.Seen];
        Assert.Empty(Columns(rgb, width, 0, Heading, colors[without]));
        Assert.NotEmpty(Columns(rgb, width, 0, Heading, colors[1 - without]));
    }

    [Fact]
    public void ErrorsAreThoseOfTheRowsAskedForOnTheSymlogScale()
    {
        DreamCurves curves = Curves(context: 8);
        Assert.Equal(Math.Sqrt(Math.Pow(Math.Log(2), 2) / 3), curves.RootMeanSquare(0, 1), 6);
        double opposite = 2 * Math.Log(20);
        Assert.Equal(Math.Sqrt((Math.Pow(Math.Log(2), 2) + opposite * opposite) / 3), curves.RootMeanSquare(19, 20), 6);
        Assert.Equal(double.NaN, curves.RootMeanSquare(20, 20));
    }

    [Fact]
    public void ShapesThatDoNotAgreeAreRefused()
    {
        string path = Path.Combine(directory, "dream.png");
        Assert.Throws<ArgumentException>(() => DreamPlot.Write(path, Curves(8) with { Model = new float[3] }));
        string[] seven = ["a", "b", "c", "d", "e", "f", "g"];
        Assert.Throws<ArgumentException>(() => DreamPlot.Write(path, Curves(8) with { Names = seven }));
        Assert.Throws<ArgumentException>(() => DreamPlot.Write(path, Curves(21)));
        Assert.False(File.Exists(path));
    }

    // Columns of a panel, from its left end, in which a colour stands.
    private static int[] Columns(byte[] rgb, int width, int left, int top, int color) =>
    [
        .. Enumerable.Range(0, Panel).Where(x => Enumerable.Range(0, Tall).Any(y =>
        {
            int i = 3 * ((top + y) * width + left + x);
            return (rgb[i] << 16 | rgb[i + 1] << 8 | rgb[i + 2]) == color;
        })),
    ];
}
