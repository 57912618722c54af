namespace Reverie.Export;

/// <summary>What is to be in the files of an exported agent.</summary>
public sealed record ExportOptions
{
    /// <summary>Whether latents, and actions where the agent's evaluation draws them, are drawn from random numbers that are
    /// inputs of the graph, rather than the most probable ones.</summary>
    public bool HasNoise { get; init; }

    /// <summary>Whether the graph of a decision also gives the value and the reward that the agent expects.</summary>
    public bool HasValues { get; init; }

    /// <summary>Whether a second file holds the dream: the step without observation, pictures, vectors, rewards, ends.</summary>
    public bool HasDream { get; init; }

    /// <summary>Whether files that are there are replaced.</summary>
    public bool Replaces { get; init; }
}
