using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Behaviors;

/// <summary>How much entropy counts beside reward in soft actor-critic, α, learned so that a policy has as much of it as is asked
/// for (Haarnoja et al. 2018b).</summary>
public sealed class Temperature : Module
{
    private readonly Tensor logarithm;

    /// <summary>Begins at a value.</summary>
    public Temperature(double initial, Initializer init) =>
        logarithm = Parameter("logarithm", init.Constant(Math.Log(initial)));

    /// <summary>α, a scalar.</summary>
    public Tensor Value => logarithm.Exp();

    /// <summary>α (−ln π − H̄), a mean: falls where the policy has more than H̄.</summary>
    /// <param name="logProbabilities">ln π of actions that the policy has drawn, (B).</param>
    /// <param name="entropy">H̄, in nats.</param>
    public Tensor Loss(Tensor logProbabilities, double entropy) => (Value * (-logProbabilities.Detach() - entropy)).Mean();
}
