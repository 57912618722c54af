namespace Reverie.Dreams;

/// <summary>How a dream is played.</summary>
public sealed record DreamPlayOptions
{
    /// <summary>Dreams side by side under the same actions, at least 1: the first is shown, all of them measure how far
    /// the model's own samples part.</summary>
    public int Samples { get; init; } = 8;

    /// <summary>Rows of an episode that are seen before the dream begins, at least 1 (5 in P App. H).</summary>
    public int Context { get; init; } = 5;

    /// <summary>Threads of an operator; states of a few rows have no work for more.</summary>
    public int Threads { get; init; } = 1;
}
