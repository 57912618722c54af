using System.Globalization;
using System.Xml.Linq;
using Reverie.Curves;
using Reverie.Logging;
using Reverie.Pictures;
using ScottPlot;

namespace Reverie.Tests.Curves;

public sealed class LearningCurveTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("reverie-curve-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private string In(string name) => Path.Combine(directory, name);

    private static MetricRecord Record(string kind, long envSteps, double value, double spread = 0) => new()
    {
        Kind = kind, EnvSteps = envSteps, Seconds = envSteps * 3.6,
        Values = new Dictionary<string, double>
        {
            ["return"] = value, ["return_min"] = value - spread, ["return_max"] = value + spread,
        },
    };

    // The chart of runs that have one panel, laid out.
    private static Plot Drawn(CurveRun[] runs, LearningCurveOptions options)
    {
        Plot chart = CurveChart.Of(Assert.Single(CurvePanel.Of(runs, options)));
        CurveFile.WritePng(new MemoryStream(), [chart], 1, options.Width, options.Height);
        return chart;
    }

    // Where a point of a chart lies in its PNG.
    private static (int Left, int Top) Place(Plot chart, double x, double y)
    {
        Pixel place = chart.GetPixel(new Coordinates(x, y));
        return ((int)(CurveFile.Dense * place.X), (int)(CurveFile.Dense * place.Y));
    }

    // The lines of text in an SVG, with their left ends and the lines that they stand on.
    private static (string Text, double X, double Y, double Length)[] Texts(XElement svg) =>
    [
        .. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e =>
        {
            double[] at = [.. e.Attribute("transform")!.Value.Split('(', ')')[1].Split(' ', ',').Select(Number)];
            return (e.Value, at[0] + Number(e.Attribute("x")!.Value), at[1] + Number(e.Attribute("y")!.Value),
                Number(e.Attribute("textLength")!.Value));
        }),
    ];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Evaluations on a straight line from 100 at 0 to 900 at 1000 steps.</summary>
    private static CurveRun Straight(string name = "run", double spread = 0, double shift = 0)
        => new(name, [.. Enumerable.Range(0, 11).Select(i =>
            Record("evaluation", 100 * i, 100 + 80 * i + shift, spread))]);

    [Fact]
    public void TheLineHasItsColourWhereItShouldRun()
    {
        CurveRun[] runs = [Straight("a"), new("b", [Record("evaluation", 0, 900), Record("evaluation", 1000, 900)])];
        var options = new LearningCurveOptions();
        LearningCurve.Write(In("plot.png"), runs, options);
        (byte[] rgb, int width, int height) = PngImage.Read(In("plot.png"));
        Assert.Equal((CurveFile.Dense * options.Width, CurveFile.Dense * options.Height), (width, height));
        using Plot chart = Drawn(runs, options);
        int At(double x, double y)
        {
            (int left, int top) = Place(chart, x, y);
            int i = 3 * (top * width + left);
            return rgb[i] << 16 | rgb[i + 1] << 8 | rgb[i + 2];
        }
        Assert.Equal(CurveChart.Colors[0], At(450, 460));
        Assert.Equal(CurveChart.Colors[1], At(450, 900));
        Assert.Equal(0xFFFFFF, At(450, 750));
        // The line stands in the picture where the axes say, not only where the drawing believes: at the top right.
        Assert.InRange(Place(chart, 1000, 900).Left, width * 0.9, width);
        Assert.InRange(Place(chart, 1000, 900).Top, height * 0.15, height * 0.4);
    }

    [Fact]
    public void EachTaskHasAPictureOfItsOwnAndANameOneColourInAll()
    {
        CurveRun Of(string task, string name, double shift) => Straight(name, shift: shift) with
        {
            Settings = new Dictionary<string, string> { ["task"] = task },
        };
        var options = new LearningCurveOptions
        {
            PanelPerTask = true,
            TaskReferences = new Dictionary<string, IReadOnlyList<CurveReference>> { ["two"] = [new("published: 500", 500)] },
        };
        LearningCurve.Write(In("plot.svg"), [Of("one", "a", 0), Of("two", "b", 5000), Of("two", "a", 6000), Of("3", "a", 1),
            Of("4", "a", 1)], options);
        XElement svg = XDocument.Load(In("plot.svg")).Root!;
        Assert.Equal(($"{3 * options.Width}", $"{2 * options.Height}"), (svg.Attribute("width")!.Value, svg.Attribute("height")!.Value));
        var places = Texts(svg);
        string[] texts = [.. places.Select(one => one.Text)];
        Assert.All((string[])["one", "two", "3", "4", "published: 500"], text => Assert.Single(texts, text));
        Assert.True(places.Single(one => one.Text == "one").X < options.Width);
        Assert.InRange(places.Single(one => one.Text == "two").X, options.Width, 2 * options.Width);
        Assert.Contains("7000", texts);      // on an axis of its own
        CurvePanel[] panels = [.. CurvePanel.Of([Of("one", "a", 0), Of("two", "b", 0), Of("two", "a", 0)], options)];
        Assert.Equal([0], panels[0].Colors);
        Assert.Equal([1, 0], panels[1].Colors);
    }

    [Fact]
    public void SvgIsWellFormedAndHoldsLineBandFaintLineAndEscapedNames()
    {
        CurveRun run = Straight("a<b> & c", spread: 30);
        run = run with { Records = [.. run.Records, Record("episode", 50, 120), Record("episode", 150, 140)] };
        LearningCurve.Write(In("plot.svg"), [run, Straight("other")]);
        XElement svg = XDocument.Load(In("plot.svg")).Root!;
        Assert.Equal("svg", svg.Name.LocalName);
        string[] texts = [.. Texts(svg).Select(one => one.Text)];
        Assert.Contains("a<b> & c", texts);
        Assert.Contains("environment steps", texts);
        Assert.Contains("1000", texts);
        XElement[] blue = [.. svg.Descendants().Where(e => e.Name.LocalName == "path")];
        Assert.Single(blue, e => (string?)e.Attribute("fill") == "#0072B2" && e.Attribute("fill-opacity") is not null);
        string[] lines = [.. blue.Where(e => (string?)e.Attribute("stroke") == "#0072B2")
            .Select(e => (string)e.Attribute("d")!)];
        string mean = Assert.Single(lines, l => l.Split('M', 'L').Length == 12);
        double[] ys = [.. mean.Split('M', 'L').Skip(1).Select(p => Number(p.Split(' ')[1]))];
        Assert.Equal(ys.OrderDescending(), ys);
        Assert.Equal((ys[0] - ys[10]) / 10, ys[4] - ys[5], 0.05);
        Assert.Single(blue, e => e.Attribute("stroke-opacity") is not null
            && ((string)e.Attribute("d")!).Split('M', 'L').Length == 3);
    }

    [Fact]
    public void ALegendHasAsManyLinesAsItTakesAndStaysInThePicture()
    {
        string[] names = [.. Enumerable.Range(0, 6).Select(i => $"an-algorithm={i}-with-settings-that-make-its-name-long"),
            string.Join("-", Enumerable.Range(100, 60))];
        LearningCurve.Write(In("plot.svg"), [.. names.Select(name => Straight(name))]);
        var texts = Texts(XDocument.Load(In("plot.svg")).Root!);
        var options = new LearningCurveOptions();
        Assert.All(texts.Where(one => one.Text.Length > 12), one => Assert.InRange(one.X + one.Length, 0, options.Width));
        Assert.Equal(3, names[..6].Select(name => texts.Single(one => one.Text == name).Y).Distinct().Count());
        Assert.Contains(names[6], string.Concat(texts.Select(one => one.Text)));     // broken, and nothing of it lost
        double lowest = texts.Where(one => one.Text.Length > 12 && one.Text != "environment steps").Max(one => one.Y);
        Assert.True(texts.Where(one => one.Text is "900" or "800").All(one => one.Y > lowest), "it lies on the axis");
    }

    [Fact]
    public void TheSameRunsGiveTheSameBytes()
    {
        foreach (string ending in (string[])["svg", "png"])
        {
            byte[][] files = [.. Enumerable.Range(0, 2).Select(i =>
            {
                LearningCurve.Write(In($"{i}.{ending}"), [Straight(spread: 20), Straight("other")]);
                return File.ReadAllBytes(In($"{i}.{ending}"));
            })];
            Assert.Equal(files[0], files[1]);
        }
    }

    [Fact]
    public void RunsOfOneNameBecomeAMeanWithABandOverThem()
    {
        CurveRun longer = Straight(shift: 100);
        longer = longer with { Records = [.. longer.Records.Skip(1), Record("evaluation", 1500, 0)] };
        CurveSeries series = Assert.Single(CurveSeries.Of([Straight(), longer], new LearningCurveOptions()));
        Assert.Equal(2, series.Runs);
        Assert.Equal((100.0, 1000.0), (series.Mean[0].X, series.Mean[^1].X));
        Assert.Equal(new BandPoint(500, 550, 500, 600), series.Mean.Single(p => p.X == 500));
        Assert.Equal(50, CurveSeries.Of([Straight(), longer], new LearningCurveOptions { Band = CurveBand.Std })[0]
            .Mean.Select(p => p.High - p.Y).First(), 1e-9);
    }

    [Fact]
    public void HoursAndOtherMetricsAreChosenAndNotFiniteValuesLeftOut()
    {
        var run = new CurveRun("r", [
            new MetricRecord { Kind = "update", Seconds = 7200, Values = Kl(3) },
            new MetricRecord { Kind = "update", Values = Kl(double.NaN) }]);
        static Dictionary<string, double> Kl(double value) => new() { ["kl"] = value };
        var options = new LearningCurveOptions { Metric = "kl", Kind = "update", X = CurveAxis.Hours };
        CurveSeries series = CurveSeries.Of([run], options)[0];
        Assert.Equal(new BandPoint(2, 3, 3, 3), Assert.Single(series.Mean));
        LearningCurve.Write(In("one-point.png"), [run], options);
        Assert.True(new FileInfo(In("one-point.png")).Length > 1000);
    }

    [Fact]
    public void SmoothingStartsAtTheFirstPointAndFollowsTheRestSlowly()
    {
        Assert.Equal([3.0, 5.0, 1.0], CurveSmoothing.Of([3, 5, 1], 0));
        // w = ½: 0, then (0 · ½ + 12 · 1) / 1.5, then (0 · ¼ + 12 · ½ + 12 · 1) / 1.75.
        double[] smooth = CurveSmoothing.Of([0, 12, 12], 0.5);
        Assert.Equal([0, 8, 72.0 / 7], smooth, (a, b) => Math.Abs(a - b) < 1e-12);
        CurveSeries series = CurveSeries.Of([Straight(spread: 10)], new LearningCurveOptions { Smoothing = 0.9 })[0];
        Assert.Equal(100, series.Mean[0].Y, 1e-9);
        Assert.InRange(series.Mean[^1].Y, 500, 700);
        Assert.All(series.Mean, point => Assert.Equal(20, point.High - point.Low, 1e-9));
    }

    [Fact]
    public void ReferencesAreDashedLinesWithTheirNames()
    {
        var options = new LearningCurveOptions
        {
            References = [new("Dreamer 1M: 1200", 1200), new("PlaNet: 1195", 1195)],
        };
        LearningCurve.Write(In("plot.svg"), [Straight()], options);
        double[] names = [.. Texts(XDocument.Load(In("plot.svg")).Root!)
            .Where(one => one.Text is "Dreamer 1M: 1200" or "PlaNet: 1195").Select(one => one.Y)];
        Assert.True(names[1] - names[0] >= 13, "the names lie on each other");

        LearningCurve.Write(In("plot.png"), [Straight()], options);
        (byte[] rgb, int width, _) = PngImage.Read(In("plot.png"));
        using Plot chart = Drawn([Straight()], options);
        (int left, int row) = Place(chart, 0, 1200);
        // Along the line paper and ink take turns, ten pixels each.
        int changes = Enumerable.Range(row * width + left + 10, 800).Count(i => Math.Abs(rgb[3 * i] - rgb[3 * i + 3]) > 60);
        Assert.InRange(changes, 36, 44);
    }

    [Fact]
    public void MistakesAreToldInOneLine()
    {
        Assert.Contains(".svg or .png",
            Assert.ThrowsAny<ReverieException>(() => LearningCurve.Write(In("plot.jpg"), [Straight()])).Message);
        string message = Assert.ThrowsAny<ReverieException>(() => LearningCurve.Write(In("plot.png"), [Straight()],
            new LearningCurveOptions { Metric = "retrun" })).Message;
        Assert.Contains("retrun", message);
        Assert.Contains("evaluation/return", message);
        Assert.Empty(Directory.GetFiles(directory));
        Assert.ThrowsAny<ReverieException>(() => LearningCurve.Write("/no/such/folder/plot.png", [Straight()]));
    }

    [Theory]
    [InlineData(0, 300_000, 200_000, "200k")]
    [InlineData(0, 4_200_000, 3_000_000, "3M")]
    [InlineData(-1.3, 1.2, -0.5, "-0.5")]
    [InlineData(0, 0.04, 0.03, "0.03")]
    [InlineData(-1, 1, 1e-17, "0")]
    [InlineData(0, 4e-7, 3e-7, "3e-7")]
    public void NumbersAtAnAxisAreShort(double low, double high, double value, string label) =>
        Assert.Equal(label, Charts.Label(value, low, high));
}
