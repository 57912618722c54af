namespace Reverie.Replay.Data;

/// <summary>Which action stands on a row of somebody's data.</summary>
public enum ActionPairing
{
    /// <summary>The one that the first rows speak for: without an action in all files it is <see cref="Arrival"/>, with
    /// one in all of them <see cref="Departure"/>; otherwise the data contradicts itself.</summary>
    Auto,

    /// <summary>The action that led to the row's observation, zero on the first row: this program, PlaNet, Dreamer and
    /// DreamerV2.</summary>
    Arrival,

    /// <summary>The action chosen after the row's observation: DreamerV3. Actions move one row down, the last one falls
    /// out; rewards already stand on the row that they came with.</summary>
    Departure,
}
