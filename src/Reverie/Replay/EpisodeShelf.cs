namespace Reverie.Replay;

/// <summary>The episodes of a store as they are asked for: from memory as far as that goes, otherwise from the disk.
/// </summary>
/// <param name="store">Where the files are.</param>
/// <param name="layout">What a row is made of; files with another one are set aside.</param>
/// <param name="memory">Bytes of episodes kept in memory.</param>
internal sealed class EpisodeShelf(EpisodeStore store, EpisodeLayout layout, long memory)
{
    private readonly EpisodeCache cache = new(memory);
    // Held beside the cache, which may keep nothing: chunks of one episode follow one another.
    private (EpisodeFile? File, Episode? Episode) lastRead;

    /// <summary>Bytes of episodes in memory.</summary>
    public long Bytes => cache.Bytes;

    /// <summary>Episodes in memory.</summary>
    public int Count => cache.Count;

    /// <summary>Writes an episode to the disk and keeps it at hand.</summary>
    /// <exception cref="ReverieException">The disk is full or refuses.</exception>
    public EpisodeFile Add(Episode episode)
    {
        var file = store.Write(episode);
        cache.Put(file, episode);
        return file;
    }

    /// <summary>An episode; null where its file is damaged or another's: it is then set aside, and said.</summary>
    /// <exception cref="ReverieException">The disk or its permissions refuse.</exception>
    public Episode? TryLoad(EpisodeFile file)
    {
        if (file == lastRead.File)
            return lastRead.Episode;
        if (cache.TryGet(file) is { } cached)
            return cached;
        var episode = store.TryRead(file);
        if (episode is not null && !layout.Accepts(episode))
        {
            store.SetAside(file, $"{store.PathOf(file)}: has {episode.Layout} where the run has {layout}");
            episode = null;
        }
        if (episode is not null)
            cache.Put(file, episode);
        lastRead = (file, episode);
        return episode;
    }

    /// <summary>Frees an episode that is not asked for any more; its file stays.</summary>
    public void Forget(EpisodeFile file)
    {
        cache.Remove(file);
        if (file == lastRead.File)
            lastRead = default;
    }
}
