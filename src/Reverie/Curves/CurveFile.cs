using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Reverie.Pictures;
using ScottPlot;
using SkiaSharp;

namespace Reverie.Curves;

/// <summary>Several charts in one file, row after row from the left.</summary>
internal static class CurveFile
{
    /// <summary>Pixels of a PNG for each that the options name, so that it is sharp on a dense screen and enlarged.
    /// </summary>
    public const int Dense = 2;

    /// <summary>Pixels free about each chart.</summary>
    public const int Margin = 8;

    private static readonly XmlWriterSettings Format = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), OmitXmlDeclaration = true, Indent = true,
        NewLineChars = "\n",
    };

    /// <summary>Writes them as PNG.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="charts">At least one.</param>
    /// <param name="columns">Charts side by side.</param>
    /// <param name="width">Of a chart.</param>
    /// <param name="height">Of a chart.</param>
    public static void WritePng(Stream stream, IReadOnlyList<Plot> charts, int columns, int width, int height)
    {
        (int wide, int tall) = Size(charts, columns, width, height);
        using var pixels = new SKBitmap(wide * Dense, tall * Dense, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(pixels);
        canvas.Scale(Dense);
        Draw(canvas, charts, columns, width, height);
        using SKData file = pixels.Encode(SKEncodedImageFormat.Png, 100);
        file.SaveTo(stream);
    }

    /// <summary>Writes them as SVG.</summary>
    /// <inheritdoc cref="WritePng" path="/param"/>
    public static void WriteSvg(Stream stream, IReadOnlyList<Plot> charts, int columns, int width, int height)
    {
        (int wide, int tall) = Size(charts, columns, width, height);
        using var drawn = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(wide, tall), drawn))
            Draw(canvas, charts, columns, width, height);
        drawn.Position = 0;
        XDocument svg = XDocument.Load(drawn);
        svg.Root!.SetAttributeValue("viewBox", $"0 0 {wide} {tall}");
        foreach (XElement text in svg.Descendants().Where(one => one.Name.LocalName == "text"))
            Mend(text);
        NumberClips(svg);
        using var writer = XmlWriter.Create(stream, Format);
        svg.Save(writer);
    }

    // Skia gives every letter a place, which another font's letters do not fit; a reader without the font stretches
    // its own.
    private static void Mend(XElement text)
    {
        text.Value = text.Value.Trim();
        text.SetAttributeValue("font-family", $"{Lettering.Family}, Helvetica, Arial, sans-serif");
        foreach (string name in (string[])["x", "y"])
            text.SetAttributeValue(name, First(text.Attribute(name)!.Value));
        float size = float.Parse(text.Attribute("font-size")!.Value, CultureInfo.InvariantCulture);
        text.SetAttributeValue("textLength",
            Lettering.Measure(text.Value, size).ToString("0.##", CultureInfo.InvariantCulture));
        text.SetAttributeValue("lengthAdjust", "spacingAndGlyphs");
    }

    // Skia counts them on over all files of a process.
    private static void NumberClips(XDocument svg)
    {
        Dictionary<string, string> names = svg.Descendants().Where(one => one.Name.LocalName == "clipPath").Index()
            .ToDictionary(one => $"url(#{one.Item.Attribute("id")!.Value})", one => $"clip{one.Index}");
        foreach (XElement one in svg.Descendants())
            if (one.Attribute("clip-path") is { } used)
                used.Value = $"url(#{names[used.Value]})";
            else if (one.Name.LocalName == "clipPath")
                one.SetAttributeValue("id", names[$"url(#{one.Attribute("id")!.Value})"]);
    }

    private static string First(string places) => places.Split(',')[0].Trim();

    private static (int Wide, int Tall) Size(IReadOnlyList<Plot> charts, int columns, int width, int height) =>
        (columns * width, (charts.Count + columns - 1) / columns * height);

    private static void Draw(SKCanvas canvas, IReadOnlyList<Plot> charts, int columns, int width, int height)
    {
        (int wide, int tall) = Size(charts, columns, width, height);
        using var paper = new SKPaint { Color = SKColors.White };
        canvas.DrawRect(0, 0, wide, tall, paper);
        foreach (var (i, chart) in charts.Index())
        {
            (int left, int top) = (i % columns * width, i / columns * height);
            var rect = new PixelRect(left + Margin, left + width - Margin, top + height - Margin, top + Margin);
            // The first time a chart is drawn twice, which is laid out only while it is drawn.
            using (var nothing = new SKNoDrawCanvas(wide, tall))
                Render(chart, nothing, rect);
            chart.Render(canvas, rect);
        }
    }

    // Where an axis would reach beyond the largest number, ScottPlot finds no limits. Whoever writes the file tells what
    // an IOException says, and leaves nothing behind.
    private static void Render(Plot chart, SKCanvas canvas, PixelRect rect)
    {
        try
        {
            chart.Render(canvas, rect);
        }
        catch (InvalidOperationException fault) when (fault.Message.Contains("autoscaler", StringComparison.Ordinal))
        {
            throw new IOException("its values are too large to draw", fault);
        }
    }
}
