namespace Reverie.Replay;

/// <summary>Which episodes belong to a checkpoint: part of its state, so that a run goes on with the same ones.
/// </summary>
/// <param name="Files">Names of the episode files, in the order of recording.</param>
/// <param name="Episodes">How many they are.</param>
/// <param name="Decisions">Decisions in all of them.</param>
/// <param name="NextNumber">Number that the next episode takes.</param>
/// <param name="Checksums">CRC-32 of each file, in the order of <paramref name="Files"/>; null in checkpoints of versions
/// that kept none.</param>
public sealed record ReplayManifest(IReadOnlyList<string> Files, int Episodes, long Decisions, int NextNumber,
    IReadOnlyList<uint>? Checksums = null);
