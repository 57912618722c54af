using Reverie.Pictures;
using ScottPlot;
using ScottPlot.Panels;

namespace Reverie.Curves;

/// <summary>The names of dashed lines, at their right ends; one that would lie on the one above it moves down.</summary>
internal sealed class ReferenceNames : PanelBase
{
    private const float TextSize = 13, Gap = 10;
    private readonly IAxis axis;
    private readonly (double Value, LabelStyle Name)[] names;

    /// <param name="references">The lines.</param>
    /// <param name="axis">Where their heights are.</param>
    /// <param name="most">Pixels that they may take.</param>
    public ReferenceNames(IEnumerable<CurveReference> references, IAxis axis, float most)
    {
        Edge = Edge.Right;
        this.axis = axis;
        names = [.. references.OrderByDescending(one => one.Value)
            .Select(one => (one.Value, CurveHead.Style(Lettering.Wrap(one.Name, TextSize, most), TextSize)))];
        foreach ((_, LabelStyle name) in names)
            (name.ForeColor, name.Alignment) = (Charts.Of(Charts.Faint), Alignment.MiddleLeft);
    }

    public override float Measure(Paint paint) => 2 * Gap + names.Max(one => one.Name.Measure(paint).Width);

    public override void Render(RenderPack rp, float size, float offset)
    {
        float free = float.NegativeInfinity;
        foreach ((double value, LabelStyle name) in names)
        {
            float tall = name.Measure(rp.Paint).Height;
            float y = Math.Max(axis.GetPixel(value, rp.DataRect), free + tall / 2);
            name.Render(rp.Canvas, new Pixel(rp.DataRect.Right + Gap, y), rp.Paint);
            free = y + tall / 2 + 1;
        }
    }
}
