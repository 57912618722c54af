namespace Reverie.Cli.Sweep;

/// <summary>How a sweep is worked through.</summary>
/// <param name="Jobs">runs at once</param>
/// <param name="Hours">after which no run goes on; infinite for no end</param>
/// <param name="Record">file that a line is appended to for each finished run; null for none</param>
internal sealed record SweepOptions(int Jobs, double Hours = double.PositiveInfinity, string? Record = null);
