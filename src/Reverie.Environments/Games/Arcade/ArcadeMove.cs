namespace Reverie.Environments.Games.Arcade;

/// <summary>What a player of any of the arcade games can do, in the benchmark's order.</summary>
internal enum ArcadeMove
{
    /// <summary>Nothing.</summary>
    Stay,

    /// <summary>A column to the left.</summary>
    Left,

    /// <summary>A row up.</summary>
    Up,

    /// <summary>A column to the right.</summary>
    Right,

    /// <summary>A row down.</summary>
    Down,

    /// <summary>Shoot.</summary>
    Fire,
}
