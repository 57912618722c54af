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

    private readonly Linear priorHidden, posteriorHidden;
    private readonly GaussianHead prior, posterior;

    /// <summary>Makes the model.</summary>
    public Ssm(ModelConfig config, int actionSize, int embedSize, Initializer init) : base(config.Stoch, 0, init)
    {
        priorHidden = Register("prior_hidden", new Linear(config.Stoch + actionSize, config.Hidden, init, activation: config.Activation));
        prior = Register("prior", new GaussianHead(config.Hidden, config, init));
        posteriorHidden = Register("posterior_hidden", new Linear(2 * config.Stoch + embedSize, config.Hidden, init, activation: config.Activation));
        posterior = Register("posterior", new GaussianHead(config.Hidden, config, init));
    }

    /// <inheritdoc/>
    public override LatentState PriorStep(LatentState previous, Tensor action, Tensor? noise)
    {
        var hidden = priorHidden.Forward(previous.Stoch, action);
        var drawn = prior.Forward(hidden);
        return new(previous.Deter, drawn.Sample(noise), drawn);
    }

    /// <inheritdoc/>
    public override LatentState PosteriorStep(LatentState previous, Tensor action, LatentState prior, Tensor embed, Tensor? noise)
    {
        var input = Tensor.Cat([prior.Mean, prior.Std, embed.To(prior.Mean.DType)], -1);
        var drawn = posterior.Forward(posteriorHidden.Forward(input));
        return new(prior.Deter, drawn.Sample(noise), drawn);
    }
}
