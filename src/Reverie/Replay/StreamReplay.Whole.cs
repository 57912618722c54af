namespace Reverie.Replay;

/// <summary>What other processes have played.</summary>
public sealed partial class StreamReplay
{
    // Its rows go on the first stream and have the latents of a state that knows nothing.
    EpisodeFile IWholeEpisodes.Add(Episode episode)
    {
        AddWhole(0, episode, new byte[checked(episode.Rows * Latents.BytesPerRow)]);
        return streams[0].Whole[^1].File!;
    }

    /// <summary>Takes in a whole episode that was played elsewhere.</summary>
    /// <param name="stream">What it goes on, where no episode is under way.</param>
    /// <param name="episode">Belongs to the replay from now on.</param>
    /// <param name="latents">Of each row, as <see cref="LatentChunk.Pack"/> writes it.</param>
    /// <exception cref="ReverieException">It is of another agent, or the disk refuses.</exception>
    internal Episode AddWhole(int stream, Episode episode, ReadOnlySpan<byte> latents)
    {
        var (to, size) = (streams[stream], Latents.BytesPerRow);
        if (to.Recorder.Rows > 0) throw new InvalidOperationException($"stream {stream} has an episode under way: abandon it first");
        if (episode.Layout != Layout || latents.Length != (long)episode.Rows * size)
            throw new DataException($"an episode of {episode.Layout} with {latents.Length} bytes of latents; the replay has {Layout} "
                + $"and {Latents}");
        to.Recorder.GoOnFrom(episode);
        for (var row = 0; row < episode.Rows; row++) latents.Slice(row * size, size).CopyTo(to.UnderWay.LatentAt(row));
        Admit(to, episode.Rows);
        CutPieces(stream);
        return Complete(to);
    }
}
