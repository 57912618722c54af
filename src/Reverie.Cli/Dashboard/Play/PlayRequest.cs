namespace Reverie.Cli.Dashboard.Play;

/// <summary>Something that came from the page.</summary>
/// <param name="Message">What it asks; null where it could not be understood.</param>
/// <param name="Fault">Why not, in a line.</param>
internal sealed record PlayRequest(PlayMessage? Message, string? Fault = null);
