using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models.Dynamics;

/// <summary>
/// The stochastic state-space model (PlaNet fig. 2b): no deterministic path, all memory goes through the sample. The
/// posterior is computed from the prior's parameters and the embedding.
/// </summary>
public sealed class Ssm : LatentDynamics
{
    /// <summary>How they are known before any are made.</summary>
    public static DynamicsKind Kind { get; } = new()
    {
        Name = "ssm",
        Make = (config, actionSize, embedSize, init) => new Ssm(config, actionSize, embedSize, init),
        HasDeter = false,
    };

    private readonly Linear _priorHidden, _posteriorHidden;
    private readonly GaussianHead _prior, _posterior;

    /// <summary>Makes the model.</summary>
    public Ssm(ModelConfig config, int actionSize, int embedSize, Initializer init) : base(config.Stoch, 0, init)
    {
        _priorHidden = Register("prior_hidden", new Linear(config.Stoch + actionSize, config.Hidden, init, activation: config.Activation));
        _prior = Register("prior", new GaussianHead(config.Hidden, config, init));
        _posteriorHidden = Register("posterior_hidden", new Linear(2 * config.Stoch + embedSize, config.Hidden, init, activation: config.Activation));
        _posterior = Register("posterior", new GaussianHead(config.Hidden, config, init));
    }

    /// <inheritdoc/>
    public override LatentState PriorStep(LatentState previous, Tensor action, Tensor? noise)
    {
        var hidden = _priorHidden.Forward(previous.Stoch, action);
        var drawn = _prior.Forward(hidden);
        return new(previous.Deter, drawn.Sample(noise), drawn);
    }

    /// <inheritdoc/>
    public override LatentState PosteriorStep(LatentState previous, Tensor action, LatentState prior, Tensor embed, Tensor? noise)
    {
        var input = Tensor.Cat([prior.Mean, prior.Std, embed.To(prior.Mean.DType)], -1);
        var drawn = _posterior.Forward(_posteriorHidden.Forward(input));
        return new(prior.Deter, drawn.Sample(noise), drawn);
    }
}
