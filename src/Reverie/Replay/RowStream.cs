namespace Reverie.Replay;

/// <summary>
/// The rows of one environment, one episode after another without a gap, the one under way included. A row has a place in
/// it, counted from the run's first; places of rows that are not held any more stay theirs.
/// </summary>
/// <param name="layout">What a row is made of.</param>
/// <param name="latents">What its latent is made of.</param>
internal sealed class RowStream(EpisodeLayout layout, LatentRows latents)
{
    private readonly List<StreamEpisode> whole = [];

    /// <summary>Records the episode under way. The row of its reset can be drawn once a decision has followed.</summary>
    public EpisodeRecorder Recorder { get; } = new(layout);

    /// <summary>Episodes that are over and held, oldest first.</summary>
    public IReadOnlyList<StreamEpisode> Whole => whole;

    /// <summary>The episode under way, without rows where there is none.</summary>
    public StreamEpisode UnderWay { get; private set; } = new(latents, 0);

    /// <summary>Place of the oldest row held.</summary>
    public long Begin => whole.Count > 0 ? whole[0].First : UnderWay.First;

    /// <summary>The place after the newest row that can be drawn.</summary>
    public long End => UnderWay.End;

    /// <summary>Place that the next piece begins at, of those that the stream is cut into as it comes.</summary>
    public long NextPiece { get; set; }

    /// <summary>What a checkpoint says of it.</summary>
    public StreamExtent Extent =>
        new([.. whole.Select(episode => episode.File!.Name)], Begin, Recorder.Rows, NextPiece);

    /// <summary>Begins an empty stream at a place other than 0.</summary>
    public void BeginAt(long place) => UnderWay = new StreamEpisode(latents, place);

    /// <summary>Takes the episode under way as one that is over; the next one follows it.</summary>
    public void Complete(EpisodeFile file)
    {
        UnderWay.Complete(file);
        whole.Add(UnderWay);
        UnderWay = new StreamEpisode(latents, UnderWay.End);
    }

    /// <summary>Drops the oldest episode; the others keep their places.</summary>
    public void DropOldest()
    {
        whole[0].Leave();
        whole.RemoveAt(0);
    }

    /// <summary>Takes out an episode that cannot be read: what came before moves up, so that no gap is left.</summary>
    public void Lose(StreamEpisode lost)
    {
        var index = whole.IndexOf(lost);
        foreach (var before in whole.Take(index)) before.First += lost.Rows;
        whole.RemoveAt(index);
        NextPiece = PlaceWithout(lost, NextPiece) ?? lost.End;
        lost.Leave();
    }

    /// <summary>Where a row stands once an episode is taken out; null where it is one of the episode's own.</summary>
    public static long? PlaceWithout(StreamEpisode lost, long place) =>
        place >= lost.End ? place : place < lost.First ? place + lost.Rows : null;

    /// <summary>Where a piece of <paramref name="length"/> rows after a place stands then; null where it had rows in the episode:
    /// it is none any more.</summary>
    public static long? PieceWithout(StreamEpisode lost, long place, int length) =>
        place + length < lost.First || place >= lost.End ? PlaceWithout(lost, place) : null;

    /// <summary>The episode that a place belongs to, and its row there.</summary>
    public (StreamEpisode Episode, int Row) At(long place)
    {
        var (low, high) = (0, whole.Count);     // the first that ends after it
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (whole[middle].End > place) high = middle;
            else low = middle + 1;
        }
        var episode = low < whole.Count ? whole[low] : UnderWay;
        return (episode, (int)(place - episode.First));
    }
}
