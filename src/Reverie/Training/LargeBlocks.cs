namespace Reverie.Training;

/// <summary>
/// Memory between two pieces of work. Episodes, archives and pictures are blocks of megabytes, which the collector lets lie
/// until they come to a multiple of what lives, the replay: gigabytes. To look once a piece of work takes milliseconds,
/// since few objects live.
/// </summary>
internal static class LargeBlocks
{
    /// <summary>Frees those that nobody has any more.</summary>
    public static void Free() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);

    /// <summary>Gives their room back to the system, too, as after the many pictures of an evaluation.</summary>
    public static void GiveBack() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
