namespace Reverie.Runtime;

/// <summary>A part of an action that is decided by itself.</summary>
public readonly struct AgentActionGroup
{
    internal AgentActionGroup(int start, int size, bool isChoice) => (Start, Size, IsChoice) = (start, size, isChoice);

    /// <summary>Its first entry.</summary>
    public int Start { get; }

    /// <summary>Its entries.</summary>
    public int Size { get; }

    /// <summary>Whether they are a one-hot vector, one of that many choices, rather than numbers in [−1, 1].</summary>
    public bool IsChoice { get; }
}
