namespace Reverie.Curves;

/// <summary>A mean at a place, with the ends of its band (the mean itself where there is none).</summary>
internal readonly record struct BandPoint(double X, double Y, double Low, double High);
