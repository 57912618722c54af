namespace Reverie.Replay;

/// <summary>Which episodes belong to a checkpoint: part of its state, so that a run goes on with the same ones.
/// </summary>
/// <param name="Files">Names of the episode files, in the order of recording.</param>
/// <param name="Episodes">How many they are.</param>
/// <param name="Decisions">Decisions in all of them.</param>
/// <param name="NextNumber">Number that the next episode takes.</param>
public sealed record ReplayManifest(IReadOnlyList<string> Files, int Episodes, long Decisions, int NextNumber);
