namespace Reverie.Training;

/// <summary>What World Models learns at a time.</summary>
public enum Phase
{
    /// <summary>Episodes are collected: random ones, in later rounds C's.</summary>
    Collect,

    /// <summary>V learns.</summary>
    Vae,

    /// <summary>M learns.</summary>
    Memory,

    /// <summary>C is searched for.</summary>
    Controller,

    /// <summary>Nothing is left.</summary>
    Done,
}
