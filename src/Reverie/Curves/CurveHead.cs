using Reverie.Pictures;
using ScottPlot;
using ScottPlot.Panels;

namespace Reverie.Curves;

/// <summary>What stands above a chart, from its left end to its right end: the title, and a legend of as many lines as it
/// takes.</summary>
internal sealed class CurveHead : PanelBase
{
    private const float TitleSize = 16, TextSize = 14, Margin = 8, Gap = 8;
    private readonly LabelStyle title;
    private readonly Legend legend;
    private readonly float width;

    /// <param name="title">The first line.</param>
    /// <param name="legend">That of the chart.</param>
    /// <param name="width">Pixels of the whole chart.</param>
    public CurveHead(string title, Legend legend, int width)
    {
        Edge = Edge.Top;
        this.width = width - 2 * Margin;
        this.title = Style(Lettering.Wrap(title, TitleSize, this.width), TitleSize);
        this.legend = legend;
        legend.DisplayPlottableLegendItems = false;
        legend.Orientation = Orientation.Horizontal;
        legend.TightHorizontalWrapping = true;
        legend.FontName = Lettering.Family;
        legend.FontSize = TextSize;
        legend.FontColor = Charts.Of(Charts.Ink);
        legend.SymbolWidth = 24;
        legend.InterItemPadding = new PixelPadding(left: 0, right: 20, bottom: 5, top: 0);
        legend.Padding = legend.Margin = new PixelPadding(0);
        legend.OutlineWidth = 0;
        legend.BackgroundColor = legend.ShadowColor = ScottPlot.Colors.Transparent;
        float room = this.width - legend.SymbolWidth - legend.SymbolPadding;
        foreach (LegendItem item in legend.ManualItems)
            item.LabelText = Lettering.Wrap(item.LabelText, TextSize, room);
    }

    /// <summary>A line of the legend.</summary>
    public static LegendItem Item(string text, Color color, float width) => new()
    {
        LabelText = text, LineColor = color, LineWidth = width, LabelOffsetY = Charts.Drop,
    };

    public override float Measure(Paint paint) => Gap + title.Measure(paint).Height + LegendHeight(paint);

    public override void Render(RenderPack rp, float size, float offset)
    {
        float top = rp.FigureRect.Top + Gap, left = rp.FigureRect.Left + Margin;
        title.Render(rp.Canvas, new Pixel(left, top), rp.Paint);
        top += title.Measure(rp.Paint).Height + Gap;
        legend.Render(rp.Canvas, rp.Paint, new PixelRect(left, left + width, top + LegendHeight(rp.Paint), top),
            Alignment.UpperLeft);
    }

    private float LegendHeight(Paint paint) => legend.GetItems().Length == 0 ? 0
        : legend.GetLayout(new PixelSize(width, float.MaxValue), paint).LegendRect.Height + Gap;

    internal static LabelStyle Style(string text, float size) => new()
    {
        Text = text, FontName = Lettering.Family, FontSize = size, ForeColor = Charts.Of(Charts.Ink),
        Alignment = Alignment.UpperLeft, OffsetY = Charts.Drop,
    };
}
