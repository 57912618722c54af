namespace Reverie.Environments.Games.Arcade;

/// <summary>One kind of thing on the field: a plane of 10 by 10 cells that are on or off, and a colour for people.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Colour">Red, green, blue.</param>
internal sealed record ArcadePlane(string Name, int Colour);
