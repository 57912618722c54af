using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Agents;

/// <summary>Actions uniform in [−1, 1], or one-hot choices all equally likely: the seed episodes of every method here,
/// and the baseline below all others.</summary>
/// <param name="layout">What its environment takes.</param>
public sealed class RandomAgent(EpisodeLayout layout) : IAgent
{
    /// <inheritdoc/>
    public Device Device => Device.Cpu;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Module> Modules { get; } = new Dictionary<string, Module>();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Adam> Optimizers { get; } = new Dictionary<string, Adam>();

    /// <inheritdoc/>
    public AgentState Begin(int count, ulong seed) => new(count, Device, seed);

    /// <inheritdoc/>
    public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        var actions = new float[observations.Length * layout.ActionSize];
        if (layout.OneHot)
            for (var n = 0; n < observations.Length; n++)
                actions[n * layout.ActionSize + state.Random.NextInt(layout.ActionSize)] = 1;
        else
            for (var i = 0; i < actions.Length; i++) actions[i] = (float)state.Random.NextDouble(-1, 1);
        return actions;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed) => new Dictionary<string, Tensor>();

    /// <inheritdoc/>
    public void Dispose() { }
}
