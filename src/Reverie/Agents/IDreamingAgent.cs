using Reverie.Models;
using Reverie.Replay;

namespace Reverie.Agents;

/// <summary>An agent whose model of the world can be looked at and played in: what dreams are made of.</summary>
public interface IDreamingAgent : IAgent
{
    /// <summary>What was learned of the world.</summary>
    ILatentWorld World { get; }

    /// <summary>Whether its dreams can be surer or less sure than it has learned, τ.</summary>
    bool HasTemperature => false;

    /// <summary>A chunk as the model has it: some rows are seen, the rest is imagined from the actions alone.</summary>
    /// <param name="chunk">(L, 1).</param>
    /// <param name="context">Rows that it sees, at least 1.</param>
    /// <param name="temperature">τ, 1 where the agent has none; 1 draws from what it learned.</param>
    /// <param name="seed">Decides the samples of the latents.</param>
    ShownRows OpenLoop(SequenceBatch chunk, int context, double temperature, ulong seed);

    /// <summary>Actions (N·A) in states that somebody else follows: neither filtered nor remembered.</summary>
    /// <param name="belief">Parts (N, ·).</param>
    /// <param name="state">Source of random numbers, for N environments.</param>
    /// <param name="mode">With exploration or without.</param>
    float[] ActOn(LatentState belief, AgentState state, ActMode mode);
}
