using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Agents;

/// <summary>World Models' agent with a controller of its own in each environment, to be compared.</summary>
/// <param name="agent">Whose V and M they share; the caller disposes it.</param>
/// <param name="parameters">A vector for each environment.</param>
internal sealed class Candidates(WorldModels agent, double[][] parameters) : IAgent
{
    private readonly Tensor parameters = Kept(agent, parameters);

    /// <summary>n numbers of a Cauchy distribution whose scale is uniform in [0, 0.01) (Wc).</summary>
    public static double[] Cauchy(int size, RandomSource random)
    {
        var scale = 0.01 * random.NextDouble(0, 1);
        return [.. Enumerable.Range(0, size).Select(_ => scale * Math.Tan(Math.PI * (random.NextDouble(0, 1) - 0.5)))];
    }

    /// <inheritdoc/>
    public Device Device => agent.Device;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Module> Modules => agent.Modules;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Optimizer> Optimizers => agent.Optimizers;

    /// <inheritdoc/>
    public AgentState Begin(int count, ulong seed) => agent.Begin(count, seed);

    /// <inheritdoc/>
    public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        using var scope = new TensorScope();
        return agent.Act(observations, state, parameters);
    }

    /// <exception cref="NotSupportedException">Candidates are compared, not trained.</exception>
    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed) =>
        throw new NotSupportedException("candidates are compared, not trained");

    /// <inheritdoc/>
    public void Dispose() => parameters.Dispose();

    private static Tensor Kept(WorldModels agent, double[][] parameters)
    {
        using var scope = new TensorScope();
        return agent.Parameters(parameters).Keep();
    }
}
