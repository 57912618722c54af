namespace Reverie.Curves;

/// <summary>What a plot is drawn on. Colours are 0xRRGGBB, places pixels from the top left.</summary>
internal interface IPlotSurface
{
    int Width { get; }

    int Height { get; }

    /// <summary>Joined strokes with round ends; twice the same point makes a dot.</summary>
    void Line(IReadOnlyList<(double X, double Y)> points, double width, int color, double opacity = 1);

    /// <summary>A stroke from left to right at a height, broken into dashes.</summary>
    void Dashes(double left, double right, double y, double width, int color);

    /// <summary>A filled outline.</summary>
    void Area(IReadOnlyList<(double X, double Y)> outline, int color, double opacity);

    /// <summary>Text on its base line; x is its left end, middle or right end. Turned, it reads upwards and is centred
    /// about y.</summary>
    void Text(string text, double x, double y, PlotAnchor anchor, int color, bool turned = false);

    /// <summary>Pixels that a text takes, about.</summary>
    double Measure(string text);

    void Save(Stream stream);
}
