namespace Reverie.Replay;

/// <summary>The episodes that several environments are in, recorded as they come.</summary>
internal interface IEpisodesUnderWay
{
    /// <summary>What a row is made of.</summary>
    EpisodeLayout Layout { get; }

    /// <summary>Rows of the episode under way in an environment, that of its reset included; 0 where none is.</summary>
    int UnderWay(int number);

    /// <summary>Those rows, in arrays that have room for more.</summary>
    Episode RowsUnderWay(int number);

    /// <summary>Ends the episode under way with the row that it has last, which becomes <c>is_last</c>: its environment does
    /// not go on. Of one without a decision nothing is left.</summary>
    /// <returns>The episode; null where nothing is left of it.</returns>
    /// <exception cref="ReverieException">The disk refuses.</exception>
    Episode? Abandon(int number);
}
