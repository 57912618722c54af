namespace Reverie.Runtime;

/// <summary>What an agent dreams after a step with closed eyes. Arrays belong to the memory, whose next step writes into them
/// again.</summary>
public readonly struct DreamFrame
{
    internal DreamFrame(
        byte[] picture, float[] vector, float[] rewards, float[]? continues, float[] mask, float[] action) =>
        (Picture, Vector, Rewards, Continues, Mask, Action) = (picture, vector, rewards, continues, mask, action);

    /// <summary>The picture, bytes (H, W, C), one after the other where there are several rows; empty where the agent sees
    /// none.</summary>
    public byte[] Picture { get; }

    /// <summary>The vector; empty where the agent sees none, or its model predicts none.</summary>
    public float[] Vector { get; }

    /// <summary>The reward that the model expects on the way here; of several rows the first one's.</summary>
    public float Reward => Rewards[0];

    /// <summary>The same of every row.</summary>
    public float[] Rewards { get; }

    /// <summary>Of every row how likely the episode goes on; null where the model knows no end.</summary>
    public float[]? Continues { get; }

    /// <summary>Of every entry of the action whether the model believes that it may be chosen, 1 or 0; empty where it knows of
    /// no masks.</summary>
    public float[] Mask { get; }

    /// <summary>What the agent does next.</summary>
    public float[] Action { get; }
}
