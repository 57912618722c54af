using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models.Dynamics;

/// <summary>
/// A stochastic chain between two recurrent networks (PlaNet App. D): g_t = GRU([e_t, a_t, s_{t−1}], g_{t−1}),
/// s_t ~ N(ReLU([g_t, s_{t−1}, d_{t−1}])), d_t = GRU(s_t, d_{t−1}). The prior is the same network with e_t = 0. Heads
/// see d_t alone; h holds [g, d]. The model that latent overshooting helps most.
/// </summary>
public sealed class Drnn : LatentDynamics
{
    /// <summary>How they are known before any are made.</summary>
    public static DynamicsKind Kind { get; } = new()
    {
        Name = "drnn",
        Make = (config, actionSize, embedSize, init) => new Drnn(config, actionSize, embedSize, init),
    };

    private readonly GruCell encoderGru, decoderGru;
    private readonly Linear hidden;
    private readonly GaussianHead state;
    private readonly int units, embed;

    /// <summary>Makes the model; each network has <see cref="ModelConfig.Deter"/> units.</summary>
    public Drnn(ModelConfig config, int actionSize, int embedSize, Initializer init) : base(config.Stoch, 2 * config.Deter, init)
    {
        (units, embed) = (config.Deter, embedSize);
        encoderGru = Register("encoder_gru", GruCell.ByName(config.Gru, embedSize + actionSize + config.Stoch, units, init));
        hidden = Register("hidden", new Linear(2 * units + config.Stoch, config.Hidden, init, activation: config.Activation));
        state = Register("state", new GaussianHead(config.Hidden, config, init));
        decoderGru = Register("decoder_gru", GruCell.ByName(config.Gru, config.Stoch, units, init));
    }

    /// <inheritdoc/>
    public override int FeatureSize => units;

    /// <inheritdoc/>
    public override Tensor Feature(LatentState state) => state.Deter.Narrow(-1, units, units);

    /// <inheritdoc/>
    public override LatentState PriorStep(LatentState previous, Tensor action, Tensor? noise) =>
        Step(previous, action, Tensor.Zeros([action.Size(0), embed], previous.Deter.DType, previous.Deter.Device), noise);

    /// <inheritdoc/>
    public override LatentState PosteriorStep(LatentState previous, Tensor action, LatentState prior, Tensor embed, Tensor? noise) =>
        Step(previous, action, embed.To(previous.Deter.DType), noise);

    private LatentState Step(LatentState previous, Tensor action, Tensor embed, Tensor? noise)
    {
        var parts = previous.Deter.Split(units, -1);
        var (encoder, decoder) = (parts[0], parts[1]);
        encoder = encoderGru.Forward(Tensor.Cat([embed, action, previous.Stoch], -1), encoder);        // (B, U)
        var hidden = this.hidden.Forward(Tensor.Cat([encoder, previous.Stoch, decoder], -1));  // (B, U)
        var drawn = state.Forward(hidden);
        var stoch = drawn.Sample(noise);
        decoder = decoderGru.Forward(stoch, decoder);
        return new(Tensor.Cat([encoder, decoder], -1), stoch, drawn);
    }
}
