namespace Reverie.Replay;

/// <summary>The files that a checkpoint keeps of streams of rows: their latents, and episodes under way.</summary>
internal static class StreamFiles
{
    /// <summary>Name of the file with the latents of all rows.</summary>
    public const string Latents = "latents.bin";

    /// <summary>Name of the file with the rows of an episode under way.</summary>
    public static string UnderWay(int stream) => $"under-way-{stream:D3}.npz";

    /// <summary>Writes them into the folder of a checkpoint.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="ReverieException">As above.</exception>
    public static void Write(string folder, IReadOnlyList<RowStream> streams)
    {
        using (var file = File.Create(Path.Combine(folder, Latents), 1 << 20))
            foreach (var stream in streams)
                foreach (var (episode, rows) in WithLatents(stream))
                    for (var row = 0; row < rows; row++) file.Write(episode.LatentAt(row));
        for (var n = 0; n < streams.Count; n++)
            if (streams[n].Recorder.Rows > 0)
                EpisodeArchive.Write(Path.Combine(folder, UnderWay(n)), streams[n].Recorder.Copy());
    }

    /// <summary>Goes on with the episode that was under way in a stream.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or has other rows than the run.</exception>
    public static void GoOn(string folder, int number, RowStream stream, EpisodeLayout layout)
    {
        var path = Path.Combine(folder, UnderWay(number));
        var episode = EpisodeArchive.ReadUnderWay(path);
        if (!layout.Accepts(episode))
            throw new InvalidDataException($"{path}: has {episode.Layout} where the run has {layout}");
        stream.Recorder.GoOnFrom(episode);
        if (episode.Rows > 1) stream.UnderWay.Rows = episode.Rows;
    }

    /// <summary>Reads the latents of all rows. An agent that computes in another type than before takes them as they are,
    /// rounded where its type is shorter.</summary>
    /// <param name="folder">Of the checkpoint.</param>
    /// <param name="streams">Whose rows.</param>
    /// <param name="before">What they were made of.</param>
    /// <param name="now">What they are to be made of.</param>
    /// <exception cref="IOException">There are fewer, or they cannot be read.</exception>
    public static void ReadLatents(string folder, IEnumerable<RowStream> streams, LatentRows before, LatentRows now)
    {
        using var file = Torch.IO.RegularFile.OpenRead(Path.Combine(folder, Latents));
        using var buffered = new BufferedStream(file, 1 << 20);
        var (packed, row) = (new byte[before.BytesPerRow], new LatentChunk(before, 1));
        var same = before == now;
        foreach (var stream in streams)
            foreach (var (episode, rows) in WithLatents(stream))
                for (var i = 0; i < rows; i++)
                {
                    buffered.ReadExactly(same ? episode.LatentAt(i) : packed);
                    if (same) continue;
                    row.Unpack(0, packed);
                    row.As(now).Pack(0, episode.LatentAt(i));
                }
    }

    private static IEnumerable<(StreamEpisode Episode, int Rows)> WithLatents(RowStream stream) =>
        stream.Whole.Select(episode => (episode, episode.Rows)).Append((stream.UnderWay, stream.Recorder.Rows));
}
