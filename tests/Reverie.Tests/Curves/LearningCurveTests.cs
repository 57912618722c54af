using System.Globalization;
using System.Xml.Linq;
using Reverie.Curves;
using Reverie.Logging;
using Reverie.Pictures;

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

    /// <summary>Evaluations on a straight line from 100 at 0 to 900 at 1000 steps.</summary>
    private static CurveRun Straight(string name = "run", double spread = 0, double shift = 0)
        => new(name, [.. Enumerable.Range(0, 11).Select(i =>
            Record("evaluation", 100 * i, 100 + 80 * i + shift, spread))]);

    [Fact]
    public void TheLineHasItsColourWhereItShouldRun()
    {
        CurveRun[] runs = [Straight("a"), new("b", [Record("evaluation", 0, 900), Record("evaluation", 1000, 900)])];
        var options = new LearningCurveOptions();
        var drawing = new CurveDrawing(new RasterSurface(options.Width, options.Height),
            CurveSeries.Of(runs, options), options);
        LearningCurve.Write(In("plot.png"), runs, options);
        (byte[] rgb, int width, int height) = PngImage.Read(In("plot.png"));
        Assert.Equal((options.Width, options.Height), (width, height));
        int At((double X, double Y) place)
        {
            int i = 3 * ((int)place.Y * width + (int)place.X);
            return rgb[i] << 16 | rgb[i + 1] << 8 | rgb[i + 2];
        }
        Assert.Equal(CurveDrawing.Colors[0], At(drawing.Pixel(450, 460)));
        Assert.Equal(CurveDrawing.Colors[1], At(drawing.Pixel(450, 900)));
        Assert.Equal(0xFFFFFF, At(drawing.Pixel(450, 700)));
        // The line stands in the picture where the axes say, not only where the drawing believes: at the top right.
        Assert.InRange(drawing.Pixel(1000, 900).X, width * 0.9, width);
        Assert.InRange(drawing.Pixel(1000, 900).Y, height * 0.15, height * 0.4);
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
        string[] texts = [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        Assert.All((string[])["one", "two", "3", "4", "published: 500"], text => Assert.Single(texts, text));
        Assert.True(Place("one") < options.Width && Place("two") > options.Width);
        Assert.Contains("7000", texts);      // on an axis of its own
        CurvePanel[] panels = [.. CurvePanel.Of([Of("one", "a", 0), Of("two", "b", 0), Of("two", "a", 0)], options)];
        Assert.Equal([0], panels[0].Colors);
        Assert.Equal([1, 0], panels[1].Colors);

        double Place(string text) => double.Parse(svg.Descendants().Last(e => e.Name.LocalName == "text" && e.Value == text)
            .Attribute("x")!.Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void SvgIsWellFormedAndHoldsLineBandFaintLineAndEscapedNames()
    {
        CurveRun run = Straight("a<b> & c", spread: 30);
        run = run with { Records = [.. run.Records, Record("episode", 50, 120), Record("episode", 150, 140)] };
        LearningCurve.Write(In("plot.svg"), [run, Straight("other")]);
        XElement svg = XDocument.Load(In("plot.svg")).Root!;
        Assert.Equal("svg", svg.Name.LocalName);
        string[] texts = [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        Assert.Contains("a<b> & c", texts);
        Assert.Contains("environment steps", texts);
        Assert.Contains("1000", texts);
        Assert.Single(svg.Descendants(), e => e.Name.LocalName == "polygon");
        string[] lines = [.. svg.Descendants().Where(e => e.Name.LocalName == "polyline"
            && (string)e.Attribute("stroke")! == "#0072b2").Select(e => (string)e.Attribute("points")!)];
        string mean = Assert.Single(lines, l => l.Split(' ').Length == 11);
        double[] ys = [.. mean.Split(' ').Select(p => double.Parse(p.Split(',')[1], CultureInfo.InvariantCulture))];
        Assert.Equal(ys.OrderDescending(), ys);
        Assert.Equal((ys[0] - ys[10]) / 10, ys[4] - ys[5], 0.05);
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
        XElement svg = XDocument.Load(In("plot.svg")).Root!;
        XElement[] dashes = [.. svg.Descendants().Where(e => e.Attribute("stroke-dasharray") is not null)];
        Assert.Equal(2, dashes.Length);
        double[] names = [.. svg.Descendants().Where(e => e.Value is "Dreamer 1M: 1200" or "PlaNet: 1195")
            .Select(e => double.Parse((string)e.Attribute("y")!, CultureInfo.InvariantCulture))];
        Assert.True(names[1] - names[0] >= 20, "the names lie on each other");

        LearningCurve.Write(In("plot.png"), [Straight()], options);
        (byte[] rgb, int width, _) = PngImage.Read(In("plot.png"));
        var drawing = new CurveDrawing(new RasterSurface(options.Width, options.Height),
            CurveSeries.Of([Straight()], options), options);
        int row = (int)drawing.Pixel(0, 1200).Y;
        // Along the line paper and ink take turns.
        int changes = Enumerable.Range(row * width + 100, 400).Count(i => rgb[3 * i] != rgb[3 * i + 3]);
        Assert.InRange(changes, 40, 60);
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
    [InlineData(0, 300_000, "0,100k,200k,300k")]
    [InlineData(0, 4_200_000, "0,1M,2M,3M,4M")]
    [InlineData(-1.3, 1.2, "-1.0,-0.5,0,0.5,1.0")]
    [InlineData(0, 0.04, "0,0.01,0.02,0.03,0.04")]
    public void TicksAreRoundNumbers(double low, double high, string labels)
        => Assert.Equal(labels, string.Join(',',
            new PlotScale(low, high, 0, 100, 4, round: false).Ticks().Select(t => t.Label)));

    [Fact]
    public void EveryPrintableLetterThatLabelsUseHasAFormOfItsOwn()
    {
        // The capital O is the nought, on purpose.
        static string Form(char letter)
        {
            var pixels = new List<(int, int)>();
            BitmapFont.Draw(letter.ToString(), (x, y) => pixels.Add((x, y)));
            return string.Join(' ', pixels);
        }
        const string Letters
            = "ABCDEFGHIJKLMNPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,-+/:=()%_|'?#*<>[]!~@&;";
        Assert.Equal(Letters.Length, Letters.Select(Form).Distinct().Count());
        Assert.DoesNotContain(Form('\u0001'), Letters.Select(Form));
    }
}
