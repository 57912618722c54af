namespace Reverie.Models;

/// <summary>Rows of an episode beside what a model makes of them, in their order.</summary>
/// <param name="Truth">Pictures as they were, in the colours that the model works with, (L, H, W, C); null where it sees
/// none.</param>
/// <param name="Pictures">Pictures as the model has them.</param>
/// <param name="Vectors">Vectors as the model has them, (L, entries), on the environment's scale; null where it sees
/// none.</param>
public sealed record ShownRows(byte[]? Truth, byte[]? Pictures, float[]? Vectors);
