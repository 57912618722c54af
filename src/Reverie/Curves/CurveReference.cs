namespace Reverie.Curves;

/// <summary>A height that a learning curve is compared with.</summary>
/// <param name="Name">What stands at the dashed line.</param>
/// <param name="Value">Where it lies on the vertical axis.</param>
public sealed record CurveReference(string Name, double Value);
