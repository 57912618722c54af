using Reverie.Configuration;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Torch;
using Reverie.Torch.Distributions;

namespace Reverie.Behaviors;

/// <summary>
/// C of World Models (W §2.3): a linear map from what V and M say to the action, squashed by tanh; perhaps with one
/// hidden layer. Its parameters are one flat vector, so that an evolution strategy can search them, and every row may
/// have its own.
/// </summary>
public sealed class Controller
{
    private readonly ControllerConfig config;
    private readonly MdnRnn memory;
    private readonly int actionSize;
    private readonly bool oneHot;

    /// <summary>Describes the policy.</summary>
    /// <param name="config">What it sees, hidden units, constants.</param>
    /// <param name="memory">Whose states it sees.</param>
    /// <param name="actionSize">A.</param>
    /// <param name="oneHot">Whether the largest output is the choice, in place of all being the action.</param>
    public Controller(ControllerConfig config, MdnRnn memory, int actionSize, bool oneHot)
    {
        (this.config, this.memory, this.actionSize, this.oneHot) = (config, memory, actionSize, oneHot);
        var units = memory.DeterSize / 2;
        FeatureSize = memory.StochSize + config.Features.Count(part => part is 'h' or 'c') * units;
        ParameterCount = config.Hidden > 0
            ? Layer(FeatureSize, config.Hidden) + Layer(config.Hidden, actionSize)
            : Layer(FeatureSize, actionSize);
    }

    /// <summary>F.</summary>
    public int FeatureSize { get; }

    /// <summary>n.</summary>
    public int ParameterCount { get; }

    /// <summary>What it sees of states (N, ·): [z, c, h] or a part of it, (N, F).</summary>
    public Tensor Features(LatentState state)
    {
        var units = state.Deter.Size(-1) / 2;
        var parts = new List<Tensor> { state.Stoch };
        if (config.Features.Contains('c', StringComparison.Ordinal)) parts.Add(state.Deter.Narrow(-1, units, units));
        if (config.Features.Contains('h', StringComparison.Ordinal)) parts.Add(memory.Hidden(state));
        return parts.Count == 1 ? parts[0] : Tensor.Cat([.. parts], -1);
    }

    /// <summary>Actions (N, A) of features (N, F): in [−1, 1], or one-hot.</summary>
    /// <param name="features">What is seen.</param>
    /// <param name="parameters">(N, n), or (1, n) for all rows alike: weights (in, out) by rows, then constants,
    /// layer by layer.</param>
    public Tensor Act(Tensor features, Tensor parameters)
    {
        var at = 0L;
        var x = features.Unsqueeze(1);                                                      // (N, 1, F)
        if (config.Hidden > 0) x = Apply(x, parameters, FeatureSize, config.Hidden, ref at).Tanh();
        var output = Apply(x, parameters, x.Size(-1), actionSize, ref at).Squeeze(1);      // (N, A)
        return oneHot ? new OneHotCategorical(output).Mode : output.Tanh();
    }

    private int Layer(int inputs, int outputs) => inputs * outputs + (config.Bias ? outputs : 0);

    private Tensor Apply(Tensor x, Tensor parameters, long inputs, long outputs, ref long at)
    {
        var (rows, count) = (x.Size(0), parameters.Size(0));
        var weight = parameters.Narrow(1, at, inputs * outputs).Reshape(count, inputs, outputs);
        var y = count == rows ? x.Bmm(weight) : x.Matmul(weight[0]);                        // (N, 1, out)
        at += inputs * outputs;
        if (!config.Bias) return y;
        at += outputs;
        return y + parameters.Narrow(1, at - outputs, outputs).Unsqueeze(1);
    }
}
