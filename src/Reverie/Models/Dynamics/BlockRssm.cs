using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models.Dynamics;

/// <summary>
/// The recurrent state-space model of DreamerV3: discrete latents as those of <see cref="DiscreteRssm"/>, and a
/// recurrence whose large layers are cut into blocks that do not see each other, so that h may be wide. Layers are
/// followed by an RMS norm.
/// </summary>
/// <remarks><code>
/// e   = [f(h), f(s), f(a / max(1, |a|))]        three layers of U units                     (B, 3U)
/// x   = f(block layer of [h_g, e])              each of g blocks sees its own part of h     (B, D)
/// r, c, u = block layer of x                    cut inside each block                       3 × (B, D)
/// h'  = σ(u − 1)·tanh(σ(r)·c) + (1 − σ(u − 1))·h
/// </code></remarks>
public sealed class BlockRssm : LatentDynamics
{
    /// <summary>How they are known before any are made.</summary>
    public static DynamicsKind Kind { get; } = new()
    {
        Name = "block_rssm",
        Make = (config, actionSize, embedSize, init) => new BlockRssm(config, actionSize, embedSize, init),
        HasClasses = true,
        Rules = (config, demand) => demand(config.Model.Deter % config.Model.Blocks == 0, "model.deter",
            $"{config.Model.Deter} units cannot be cut into model.blocks = {config.Model.Blocks} alike"),
        PriorProducts = (config, actionSize) => (config.Deter + (double)config.Stoch * config.Classes + actionSize) * config.Hidden
            + (double)config.Deter * (config.Deter + 3 * config.Blocks * config.Hidden) / config.Blocks
            + 3.0 * config.Deter * config.Deter / config.Blocks
            + (double)config.Deter * config.Hidden + (config.PriorLayers - 1.0) * config.Hidden * config.Hidden
            + (double)config.Hidden * config.Stoch * config.Classes,
    };

    private readonly Dense fromDeter, fromStoch, fromAction;
    private readonly BlockLinear hidden, gates;
    private readonly RmsNorm hiddenNorm, posteriorNorm;
    private readonly MlpTrunk priorHidden;
    private readonly Linear posteriorHidden;
    private readonly CategoricalHead prior, posterior;
    private readonly Activation activation;
    private readonly int blocks, embed, variables, classes;
    private readonly double unimix;

    /// <summary>Makes the model; V is <see cref="ModelConfig.Stoch"/>, K <see cref="ModelConfig.Classes"/>.</summary>
    public BlockRssm(ModelConfig config, int actionSize, int embedSize, Initializer init)
        : base(config.Stoch * config.Classes, config.Deter, init)
    {
        (blocks, embed) = (config.Blocks, embedSize);
        (variables, classes, unimix) = (config.Stoch, config.Classes, config.Unimix);
        activation = Activation.ByName(config.Activation);
        var (deter, units) = (config.Deter, config.Hidden);
        Dense Branch(string name, int size) => Register(name, new Dense(size, units, config.Activation, init, "rms"));
        fromDeter = Branch("from_deter", deter);
        fromStoch = Branch("from_stoch", StochSize);
        fromAction = Branch("from_action", actionSize);
        hidden = Register("hidden", new BlockLinear(deter + blocks * 3 * units, deter, blocks, init));
        hiddenNorm = Register("hidden_norm", new RmsNorm(deter, init));
        gates = Register("gates", new BlockLinear(deter, 3 * deter, blocks, init));
        priorHidden = Register("prior_hidden",
            new MlpTrunk(deter, config.PriorLayers, units, config.Activation, init, "rms"));
        prior = Register("prior", new CategoricalHead(units, config, init));
        posteriorHidden = Register("posterior_hidden", new Linear(deter + embedSize, units, init));
        posteriorNorm = Register("posterior_norm", new RmsNorm(units, init));
        posterior = Register("posterior", new CategoricalHead(units, config, init));
    }

    /// <summary>Uniform in [0, 1), (rows…, V): each picks a class from its variable's distribution function.</summary>
    public override Tensor Noise(ReadOnlySpan<long> rows, Generator generator, DType dtype = DType.Float32) =>
        Tensor.Rand([.. rows, variables], generator, dtype);

    /// <inheritdoc/>
    public override LatentState PriorStep(LatentState previous, Tensor action, Tensor? noise) =>
        Prior(Recur(previous, ActionBranch(action)), noise);

    /// <inheritdoc/>
    public override LatentState PosteriorStep(LatentState previous, Tensor action, LatentState prior, Tensor embed, Tensor? noise)
    {
        var (fromDeter, fromEmbed) = PosteriorWeights();
        return Posterior(prior.Deter, fromDeter, EmbedPart(embed, fromEmbed), noise);
    }

    /// <inheritdoc/>
    /// <remarks>Log-weights of choices are divided by τ.</remarks>
    public override LatentState DreamStep(LatentState previous, Tensor action, Tensor noise, double temperature)
    {
        var next = PriorStep(previous, action, null);
        return next with { Stoch = next.Distribution.Tempered(temperature).Sample(noise) };
    }

    /// <inheritdoc/>
    /// <remarks>As in <see cref="Rssm"/>, what does not depend on the recurrence is computed for all rows at
    /// once.</remarks>
    public override (LatentState Posterior, LatentState Prior) Observe(Tensor embed, Tensor actions, Tensor? continues,
        LatentState initial, Tensor noise)
    {
        var (fromDeter, fromEmbed) = PosteriorWeights();
        var embedParts = EmbedPart(embed, fromEmbed).Unbind();                              // L × (B, U)
        if (continues is not null) actions *= continues;
        var (branches, noiseRows, continueRows) = (ActionBranch(actions).Unbind(), noise.Unbind(), continues?.Unbind());
        var rows = new List<LatentState>();
        var state = initial;
        for (var t = 0; t < embedParts.Length; t++)
        {
            var previous = continueRows is null ? state : state.Masked(continueRows[t]);
            var deter = Recur(previous, branches[t]);                                       // (B, D)
            rows.Add(state = Posterior(deter, fromDeter, embedParts[t], noiseRows[t]));
        }
        var posterior = LatentState.Stack(rows);                                            // (L, B, ·)
        return (posterior, Prior(posterior.Deter, null));
    }

    /// <inheritdoc/>
    protected override LatentDistribution ZeroDistribution(long batch) =>
        new CategoricalLatent(Zeros(batch, StochSize), classes, unimix);

    // The divisor has no gradient.
    private Tensor ActionBranch(Tensor action) => fromAction.Forward(action / action.Detach().Abs().Clamp(1, null));

    private Tensor Recur(LatentState previous, Tensor fromAction)
    {
        using var observed = Profile.Of(this);
        var (deter, stoch) = (previous.Deter, previous.Stoch);
        var seen = Tensor.Cat([fromDeter.Forward(deter), fromStoch.Forward(stoch), fromAction], -1);      // (B, 3U)
        var (rows, width) = (deter.Size(0), deter.Size(-1) / blocks);
        var inputs = Tensor.Cat([deter.Reshape(rows, blocks, width).To(seen.DType),
            seen.Unsqueeze(1).Expand(rows, blocks, seen.Size(-1))], -1).Flatten(1);        // (B, D + g·3U)
        var hidden = hiddenNorm.Forward(this.hidden.Forward(inputs), activation);             // (B, D)
        return gates.ForwardBlocks(hidden).BlockGates(deter);
    }

    private LatentState Prior(Tensor deter, Tensor? noise)
    {
        using var observed = Profile.Of(this);
        var drawn = prior.Forward(priorHidden.Forward(deter));
        return new(deter, drawn.Sample(noise).To(deter.DType), drawn);
    }

    // W·[h, e] + b in two parts, so that the second can be had for all rows at once.
    private (Tensor FromDeter, Tensor FromEmbed) PosteriorWeights()
    {
        var weight = Autocast.Weight(posteriorHidden.Weight);                              // (U, D + E)
        return (weight.Narrow(1, 0, DeterSize), weight.Narrow(1, DeterSize, embed));
    }

    private Tensor EmbedPart(Tensor embed, Tensor weight) =>
        Autocast.Input(embed).Linear(weight, posteriorHidden.Bias);

    private LatentState Posterior(Tensor deter, Tensor weight, Tensor embedPart, Tensor? noise)
    {
        using var observed = Profile.Of(this);
        var hidden = posteriorNorm.Forward(Autocast.Input(deter).Linear(weight, null) + embedPart, activation);    // (B, U)
        var drawn = posterior.Forward(hidden);
        return new(deter, drawn.Sample(noise).To(deter.DType), drawn);
    }
}
