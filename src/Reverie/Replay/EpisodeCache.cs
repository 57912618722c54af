namespace Reverie.Replay;

/// <summary>Episodes in memory, up to a number of bytes; beyond it the least recently used one goes.</summary>
/// <param name="limit">Bytes.</param>
internal sealed class EpisodeCache(long limit)
{
    private readonly Dictionary<EpisodeFile, LinkedListNode<(EpisodeFile File, Episode Episode)>> nodes = [];
    private readonly LinkedList<(EpisodeFile File, Episode Episode)> byUse = [];

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>Episodes held.</summary>
    public int Count => nodes.Count;

    public Episode? TryGet(EpisodeFile file)
    {
        if (!nodes.TryGetValue(file, out var node))
            return null;
        byUse.Remove(node);
        byUse.AddLast(node);
        return node.Value.Episode;
    }

    public void Put(EpisodeFile file, Episode episode)
    {
        Remove(file);
        nodes[file] = byUse.AddLast((file, episode));
        Bytes += episode.Bytes;
        while (Bytes > limit)
            Remove(byUse.First!.Value.File);
    }

    public void Remove(EpisodeFile file)
    {
        if (!nodes.Remove(file, out var node))
            return;
        byUse.Remove(node);
        Bytes -= node.Value.Episode.Bytes;
    }
}
