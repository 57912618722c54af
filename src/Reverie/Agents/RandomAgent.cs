using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Agents;

/// <summary>Actions uniform in [−1, 1]: the seed episodes of every method here, and the baseline below all others.</summary>
public sealed class RandomAgent(int actionSize) : IAgent
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
        var actions = new float[observations.Length * actionSize];
        for (var i = 0; i < actions.Length; i++) actions[i] = (float)state.Random.NextDouble(-1, 1);
        return actions;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed) => new Dictionary<string, Tensor>();

    /// <inheritdoc/>
    public void Dispose() { }
}
