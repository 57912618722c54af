namespace Reverie.Curves;

/// <summary>Which end of a text stands at the place given.</summary>
internal enum PlotAnchor
{
    Start, Middle, End,
}
