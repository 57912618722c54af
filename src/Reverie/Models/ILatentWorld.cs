using Reverie.Environments;
using Reverie.Models.Dynamics;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Models;

/// <summary>What a dream needs of a learned model: how latents follow each other, what they are worth, where they end,
/// how they look. N states at once.</summary>
public interface ILatentWorld
{
    /// <summary>What the model was made to see and to do.</summary>
    EpisodeLayout Layout { get; }

    /// <summary>How states follow each other.</summary>
    LatentDynamics Dynamics { get; }

    /// <summary>States after the first rows of episodes, parts (N, ·).</summary>
    LatentState Begin(ReadOnlySpan<TimeStep> rows, Generator noise);

    /// <summary>States after one more row of the same episodes. As it stands here it is for models whose latent is what
    /// the encoder says of the row alone, V of World Models; what came before is in the memory.</summary>
    /// <param name="previous">States before it, parts (N, ·).</param>
    /// <param name="action">(N, A), led to it.</param>
    /// <param name="rows">N rows.</param>
    /// <param name="noise">Draws the latents.</param>
    LatentState See(LatentState previous, Tensor action, ReadOnlySpan<TimeStep> rows, Generator noise) =>
        Begin(rows, noise) with { Deter = Dynamics.PriorStep(previous, action, null).Deter };

    /// <summary>Whether rewards are predicted; otherwise every decision counts 1 (W §4).</summary>
    bool PredictsReward => true;

    /// <summary>Reward on the way to states, (N).</summary>
    Tensor RewardOf(LatentState state);

    /// <summary>Probability that the episode goes on after states, (N); null where the model knows no end.</summary>
    Tensor? ContinuesAfter(LatentState state);

    /// <summary>Pictures of states, uint8 (N, H, W, C), where the layout has any.</summary>
    Tensor Pictures(LatentState state);

    /// <summary>The same as bytes, copied to the host.</summary>
    byte[] Draw(LatentState state) => Pictures(state).ToArray<byte>();
}
