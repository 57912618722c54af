namespace Reverie.Environments;

/// <summary>A named part of a vector observation.</summary>
/// <param name="Name">As the suite calls it.</param>
/// <param name="Size">Its number of entries.</param>
public sealed record ObservationEntry(string Name, int Size);
