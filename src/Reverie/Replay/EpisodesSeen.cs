namespace Reverie.Replay;

/// <summary>What a run has recorded.</summary>
/// <param name="Episodes">How many episodes.</param>
/// <param name="Decisions">Decisions in them.</param>
internal readonly record struct EpisodesSeen(long Episodes, long Decisions);
