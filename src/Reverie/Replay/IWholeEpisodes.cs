namespace Reverie.Replay;

/// <summary>A replay that also takes in what was played elsewhere.</summary>
internal interface IWholeEpisodes : IReplay
{
    /// <summary>Writes an episode to disk and takes it in.</summary>
    /// <param name="episode">Belongs to the replay from now on.</param>
    /// <exception cref="ReverieException">The disk is full or refuses.</exception>
    EpisodeFile Add(Episode episode);
}
