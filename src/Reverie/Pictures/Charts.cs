using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace Reverie.Pictures;

/// <summary>What all charts have in common: font, colours, axes.</summary>
internal static class Charts
{
    /// <summary>Colours: of text, of what explains, of the grid.</summary>
    public const int Ink = 0x2B2F36, Faint = 0x6A717C, Grid = 0xE4E7EB;

    /// <summary>Pixels by which a label is drawn lower than ScottPlot has it, which leaves the room of accents free
    /// above.</summary>
    public const float Drop = 2;

    static Charts() => Fonts.FontResolvers.Insert(0, new Resolver());

    /// <summary>An empty chart.</summary>
    /// <param name="textSize">Of the numbers at the axes, pixels an em.</param>
    public static Plot New(float textSize)
    {
        var plot = new Plot();
        plot.RenderManager.ClearCanvasBeforeEachRender = false;     // there are others beside it
        plot.HideLegend();
        plot.Font.Set(Lettering.Family);
        plot.FigureBackground.Color = plot.DataBackground.Color = Colors.White;
        plot.Grid.MajorLineColor = Of(Grid);
        foreach (IAxis axis in plot.Axes.GetAxes())
        {
            axis.FrameLineStyle.Color = axis.MajorTickStyle.Color = axis.TickLabelStyle.ForeColor = Of(Faint);
            axis.TickLabelStyle.FontName = Lettering.Family;
            axis.TickLabelStyle.FontSize = textSize;
            axis.MinorTickStyle.Length = 0;
            axis.Label.Bold = false;
            axis.Label.ForeColor = Of(Ink);
        }
        plot.Axes.Left.FrameLineStyle.Width = plot.Axes.Right.FrameLineStyle.Width = plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Left.TickLabelStyle.OffsetY = Drop;
        return plot;
    }

    /// <summary>Shows a part of an axis, with labels as <see cref="Label"/> writes them.</summary>
    /// <param name="axis">Whose.</param>
    /// <param name="low">The least value shown.</param>
    /// <param name="high">The largest.</param>
    /// <param name="density">How near to each other its numbers are; 1 is usual.</param>
    public static void Show(this IAxis axis, double low, double high, double density = 1)
    {
        (axis.Min, axis.Max) = (low, high);
        axis.TickGenerator = new NumericAutomatic
        {
            TickDensity = density, LabelFormatter = value => Label(value, low, high),
        };
    }

    /// <summary>A range with a twentieth of it free at either end, and one that is not empty.</summary>
    public static (double Low, double High) Room(double low, double high)
    {
        double free = high > low ? (high - low) / 20 : low == 0 ? 1 : Math.Abs(low) / 10;
        return (low - free, high + free);
    }

    /// <summary>A number at an axis: k and M for thousands and millions where the axis reaches far.</summary>
    public static string Label(double value, double low, double high)
    {
        double largest = Math.Max(Math.Abs(low), Math.Abs(high));
        if (Math.Abs(value) < largest * 1e-9)
            return "0";
        (double unit, string suffix) = largest switch { >= 2e6 => (1e6, "M"), >= 1e4 => (1e3, "k"), _ => (1.0, "") };
        return largest < 1e-4 ? value.ToString("0.###e0", CultureInfo.InvariantCulture)
            : (value / unit).ToString("0.######", CultureInfo.InvariantCulture) + suffix;
    }

    /// <summary>A colour 0xRRGGBB.</summary>
    public static Color Of(int color, double opacity = 1) =>
        Color.FromARGB(0xFF000000 | (uint)color).WithAlpha(opacity);

    // Answers to the name of its font alone, so that charts of whoever uses this library are as they were.
    private sealed class Resolver : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            fontName == Lettering.Family ? Lettering.Typeface : null;

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
            fontName == Lettering.Family ? Lettering.Typeface : null;
    }
}
