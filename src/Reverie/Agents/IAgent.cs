using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Agents;

/// <summary>What learns from batches and acts on observations. Not thread-safe; different agents do not know of each
/// other.</summary>
public interface IAgent : IDisposable
{
    /// <summary>Device of its tensors.</summary>
    Device Device { get; }

    /// <summary>Everything learned, by name; what a checkpoint holds.</summary>
    IReadOnlyDictionary<string, Module> Modules { get; }

    /// <summary>Their optimizers, by name.</summary>
    IReadOnlyDictionary<string, Optimizer> Optimizers { get; }

    /// <summary>State to begin acting with in <paramref name="count"/> environments; what follows is decided by the seed.</summary>
    AgentState Begin(int count, ulong seed);

    /// <summary>Actions for N observations: (N·A), row-major, in [−1, 1]; one-hot where choices are made.</summary>
    float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode);

    /// <summary>One update from a batch; randomness follows from the seed.</summary>
    /// <returns>Means of the losses and other measures, still on the device, in the caller's scope.</returns>
    IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed);
}
