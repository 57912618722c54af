using System.Runtime.InteropServices;
using Reverie.Configuration;

namespace Reverie.Replay;

/// <summary>
/// Draws where chunks begin. Knows the lengths of episodes only, so that the draws are the same whether an episode is
/// in memory or on disk.
/// </summary>
internal sealed class ChunkSampler
{
    private readonly int length;
    private readonly bool prioritizeEnds, crossEpisode;
    private readonly List<EpisodeFile> episodes = [];
    // Running sum of what each episode adds: windows, or rows where chunks may cross.
    private readonly List<long> sums = [];
    private readonly List<int> lengths = [];

    public ChunkSampler(ReplayConfig config)
    {
        (length, prioritizeEnds, crossEpisode) = (config.ChunkLength, config.PrioritizeEnds, config.CrossEpisode);
        if (prioritizeEnds && crossEpisode)
            throw new ConfigurationException("replay.prioritize_ends and replay.cross_episode exclude each other: "
                + "windows that cross have no end to prefer; set one of them to false");
    }

    /// <summary>Episodes that chunks are drawn from, in the order of recording.</summary>
    public IReadOnlyList<EpisodeFile> Episodes => episodes;

    /// <summary>Rows of every episode that was taken in, of those too short for a chunk as well.</summary>
    public IReadOnlyList<int> Lengths => lengths;

    /// <summary>Whether there is a chunk to draw.</summary>
    public bool CanDraw => Items > 0;

    private long Items => sums.Count == 0 ? 0 : sums[^1] - (crossEpisode ? length - 1 : 0);

    /// <summary>Takes an episode in; false where it is shorter than a chunk and cannot be drawn from.</summary>
    public bool Add(EpisodeFile file)
    {
        lengths.Add(file.Rows);
        if (file.Rows < length && !crossEpisode) return false;
        Append(file);
        return true;
    }

    private void Append(EpisodeFile file)
    {
        episodes.Add(file);
        sums.Add((sums.Count == 0 ? 0 : sums[^1]) + (crossEpisode ? file.Rows : file.Rows - length + 1));
    }

    /// <summary>Takes an episode out.</summary>
    public void Remove(EpisodeFile file)
    {
        if (!episodes.Contains(file))
            return;
        var rest = episodes.Where(each => each != file).ToArray();
        episodes.Clear();
        sums.Clear();
        lengths.Remove(file.Rows);
        foreach (var each in rest)
            Append(each);
    }

    /// <summary>One chunk: an index into <see cref="Episodes"/> and the row there that it begins with.</summary>
    /// <exception cref="ReverieException">There is nothing to draw from.</exception>
    public (int Episode, int Start) Draw(RandomSource random)
    {
        if (!CanDraw)
            throw NothingToDraw();
        return prioritizeEnds ? DrawEnds(random) : Locate(random.NextInt(checked((int)Items)));
    }

    // V2 dataset: L more starts than there are, all of which mean the last one; P(last) = (L+1)/(windows+L).
    private (int Episode, int Start) DrawEnds(RandomSource random)
    {
        var episode = random.NextInt(episodes.Count);
        var last = episodes[episode].Rows - length;
        return (episode, Math.Min(random.NextInt(last + 1 + length), last));
    }

    private (int Episode, int Start) Locate(long item)
    {
        // First episode whose running sum exceeds the item.
        var found = CollectionsMarshal.AsSpan(sums).BinarySearch(item + 1);
        var episode = found >= 0 ? found : ~found;
        return (episode, (int)(item - (episode == 0 ? 0 : sums[episode - 1])));
    }

    private ConfigurationException NothingToDraw() => lengths.Count == 0
        ? new("replay: there is no episode to draw from; collect some first")
        : new($"replay: none of {lengths.Count} episodes has the {length} rows of a chunk "
            + $"(the longest has {lengths.Max()})");
}
