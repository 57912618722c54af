namespace Reverie.Cli.Dashboard.Play;

/// <summary>A key of the page.</summary>
/// <param name="Code">As the browser names it.</param>
/// <param name="Index">Entry of the action that it sets.</param>
/// <param name="Value">To what.</param>
internal sealed record PlayKey(string Code, int Index, float Value);
