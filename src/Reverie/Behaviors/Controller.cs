using Reverie.Configuration;
using Reverie.Environments;
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
    private readonly ActionGroups groups;

    /// <summary>Describes the policy.</summary>
    /// <param name="config">What it sees, hidden units, constants.</param>
    /// <param name="memory">Whose states it sees.</param>
    /// <param name="groups">What an action is made of: of each choice the largest output is it.</param>
    public Controller(ControllerConfig config, MdnRnn memory, ActionGroups groups)
    {
        (this.config, this.memory, this.groups) = (config, memory, groups);
        var units = memory.DeterSize / 2;
        FeatureSize = memory.StochSize + config.Features.Count(part => part is 'h' or 'c') * units;
        ParameterCount = config.Hidden > 0
            ? Layer(FeatureSize, config.Hidden) + Layer(config.Hidden, groups.Size)
            : Layer(FeatureSize, groups.Size);
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
    /// <param name="allowed">(N, A), 1 for what may be chosen, else 0; null where everything may.</param>
    public Tensor Act(Tensor features, Tensor parameters, Tensor? allowed = null)
    {
        var at = 0L;
        var x = features.Unsqueeze(1);                                                      // (N, 1, F)
        if (config.Hidden > 0) x = Apply(x, parameters, FeatureSize, config.Hidden, ref at).Tanh();
        var output = Apply(x, parameters, x.Size(-1), groups.Size, ref at).Squeeze(1);     // (N, A)
        if (allowed is not null && groups.HasChoices)
            output = Tensor.Cat([.. groups.Select(group => group.IsChoice
                ? Masking.Logits(output.Narrow(-1, group.Start, group.Size), allowed.Narrow(-1, group.Start, group.Size))
                : output.Narrow(-1, group.Start, group.Size))], -1);
        Tensor Of(Tensor part, bool isChoice) => isChoice ? new OneHotCategorical(part).Mode : part.Tanh();
        return groups.Count == 1 ? Of(output, groups[0].IsChoice) : Tensor.Cat(
            [.. groups.Select(group => Of(output.Narrow(-1, group.Start, group.Size), group.IsChoice))], -1);
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
