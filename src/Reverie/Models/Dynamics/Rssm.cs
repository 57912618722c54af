using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models.Dynamics;

/// <summary>
/// The recurrent state-space model (PlaNet §3): a deterministic path h_t = f(h_{t−1}, s_{t−1}, a_t) and a stochastic
/// state with prior p(s_t | h_t) and posterior q(s_t | h_t, o_t). All that an image says passes through the sample s_t.
/// </summary>
public class Rssm : LatentDynamics
{
    /// <summary>How they are known before any are made.</summary>
    public static DynamicsKind Kind { get; } = new()
    {
        Name = "rssm",
        Make = (config, actionSize, embedSize, init) => new Rssm(config, actionSize, embedSize, init),
    };

    private readonly Linear input, priorHidden, posteriorHidden;
    private readonly GruCell gru;
    private readonly LatentHead prior, posterior;
    private readonly Activation activation;
    private readonly int deter, embed;
    private readonly bool meanOnly;

    /// <summary>Makes the model with Gaussian latents; <paramref name="meanOnly"/> is the published deterministic variant, which takes every
    /// sample to be the mean (Pc README, with a KL scale of 0).</summary>
    public Rssm(ModelConfig config, int actionSize, int embedSize, Initializer init, bool meanOnly = false)
        : this(config, actionSize, embedSize, config.Stoch, () => new GaussianHead(config.Hidden, config, init), init) =>
        this.meanOnly = meanOnly;

    /// <summary>Makes the model with latents of size <paramref name="stochSize"/>, which heads that
    /// <paramref name="head"/> makes give the distributions of.</summary>
    protected Rssm(ModelConfig config, int actionSize, int embedSize, int stochSize, Func<LatentHead> head, Initializer init)
        : base(stochSize, config.Deter, init)
    {
        (deter, embed) = (config.Deter, embedSize);
        activation = Activation.ByName(config.Activation);
        input = Register("input", new Linear(stochSize + actionSize, config.Hidden, init, activation: config.Activation));
        gru = Register("gru", GruCell.ByName(config.Gru, config.Hidden, config.Deter, init));
        priorHidden = Register("prior_hidden", new Linear(config.Deter, config.Hidden, init, activation: config.Activation));
        prior = Register("prior", head());
        posteriorHidden = Register("posterior_hidden", new Linear(config.Deter + embedSize, config.Hidden, init));
        posterior = Register("posterior", head());
    }

    /// <inheritdoc/>
    public override bool DrawsLatents => !meanOnly;

    /// <inheritdoc/>
    public override LatentState PriorStep(LatentState previous, Tensor action, Tensor? noise) =>
        Prior(Recur(previous.Deter, previous.Stoch, action), noise);

    /// <inheritdoc/>
    public override LatentState PosteriorStep(LatentState previous, Tensor action, LatentState prior, Tensor embed, Tensor? noise)
    {
        var (fromDeter, fromEmbed) = PosteriorWeights();
        return Posterior(prior.Deter, fromDeter, EmbedPart(embed, fromEmbed), noise);
    }

    /// <inheritdoc/>
    /// <remarks>What does not depend on the recurrence is computed for all rows at once: the embedding's part of the
    /// posterior before the loop, the prior after it.</remarks>
    public override (LatentState Posterior, LatentState Prior) Observe(Tensor embed, Tensor actions, Tensor? continues,
        LatentState initial, Tensor noise)
    {
        var (fromDeter, fromEmbed) = PosteriorWeights();
        var embedParts = EmbedPart(embed, fromEmbed).Unbind();                              // L × (B, U)
        var (actionRows, noiseRows, continueRows) = (actions.Unbind(), noise.Unbind(), continues?.Unbind());
        var rows = new List<LatentState>();
        var state = initial;
        for (var t = 0; t < embedParts.Length; t++)
        {
            var (previous, action) = Reset(state, actionRows[t], continueRows?[t]);
            var deter = Recur(previous.Deter, previous.Stoch, action);                      // (B, D)
            rows.Add(state = Posterior(deter, fromDeter, embedParts[t], noiseRows[t]));
        }
        var posterior = LatentState.Stack(rows);                                            // (L, B, ·)
        return (posterior, Prior(posterior.Deter, null));
    }

    private Tensor Recur(Tensor deter, Tensor stoch, Tensor action)
    {
        using var observed = Profile.Of(this);
        return gru.Forward(input.Forward(stoch, action), deter);
    }

    private LatentState Prior(Tensor deter, Tensor? noise)
    {
        using var observed = Profile.Of(this);
        var drawn = prior.Forward(priorHidden.Forward(deter));
        return new(deter, Sample(drawn, noise, deter), drawn);
    }

    // W·[h, e] + b in two parts, so that the second can be had for all rows at once.
    private (Tensor FromDeter, Tensor FromEmbed) PosteriorWeights()
    {
        var weight = Autocast.Weight(posteriorHidden.Weight);                              // (U, D + E)
        return (weight.Narrow(1, 0, deter), weight.Narrow(1, deter, embed));
    }

    private Tensor EmbedPart(Tensor embed, Tensor weight) =>
        Autocast.Input(embed).Linear(weight, posteriorHidden.Bias);

    private LatentState Posterior(Tensor deter, Tensor weight, Tensor embedPart, Tensor? noise)
    {
        using var observed = Profile.Of(this);
        var hidden = activation.Of(Autocast.Input(deter).Linear(weight, null) + embedPart);         // (B, U)
        var drawn = posterior.Forward(hidden);
        return new(deter, Sample(drawn, noise, deter), drawn);
    }

    // In the type that the state is carried in.
    private Tensor Sample(LatentDistribution drawn, Tensor? noise, Tensor deter) =>
        drawn.Sample(meanOnly ? null : noise).To(deter.DType);
}
