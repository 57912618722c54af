using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models.Dynamics;

/// <summary>
/// The deterministic model PlaNet compares with (fig. 2a): h_t = GRU([ReLU(W·a_t), e_t, seen], h_{t−1}), with e_t = 0
/// and seen = 0 where there is no observation; heads see h_t alone.
/// </summary>
/// <remarks>
/// Our variant. The published curve comes from an RSSM whose samples are means and whose KL has scale 0, so that
/// planning reads a prior that was never trained (<see cref="ModelConfig.FaithfulMeanOnly"/> reproduces it). Here both
/// steps answer with h_t as the mean of a Gaussian of unit variance: the KL term becomes ½‖h_posterior − h_prior‖²,
/// which teaches the step without an observation to arrive where the step with one does.
/// </remarks>
public sealed class Rnn : LatentDynamics
{
    /// <summary>How they are known before any are made.</summary>
    public static DynamicsKind Kind { get; } = new()
    {
        Name = "rnn",
        Make = (config, actionSize, embedSize, init) => config.FaithfulMeanOnly
            ? new Rssm(config, actionSize, embedSize, init, meanOnly: true)
            : new Rnn(config, actionSize, embedSize, init),
        HasStoch = false,
    };

    private readonly Linear input;
    private readonly GruCell gru;
    private readonly int embed;

    /// <summary>Makes the model.</summary>
    public Rnn(ModelConfig config, int actionSize, int embedSize, Initializer init) : base(0, config.Deter, init)
    {
        embed = embedSize;
        input = Register("input", new Linear(actionSize, config.Hidden, init, activation: config.Activation));
        gru = Register("gru", GruCell.ByName(config.Gru, config.Hidden + embedSize + 1, config.Deter, init));
    }

    /// <inheritdoc/>
    protected override LatentDistribution ZeroDistribution(long batch) =>
        new GaussianLatent(Zeros(batch, DeterSize), Zeros(batch, DeterSize));

    /// <inheritdoc/>
    public override LatentState PriorStep(LatentState previous, Tensor action, Tensor? noise)
    {
        var unseen = Tensor.Zeros([action.Size(0), embed + 1], previous.Deter.DType, previous.Deter.Device);
        return Step(previous, action, unseen);
    }

    /// <inheritdoc/>
    public override LatentState PosteriorStep(LatentState previous, Tensor action, LatentState prior, Tensor embed, Tensor? noise)
    {
        var seen = Tensor.Ones([action.Size(0), 1], previous.Deter.DType, previous.Deter.Device);
        return Step(previous, action, Tensor.Cat([embed.To(seen.DType), seen], -1));
    }

    private LatentState Step(LatentState previous, Tensor action, Tensor observation)
    {
        var input = this.input.Forward(action).To(observation.DType);
        var deter = gru.Forward(Tensor.Cat([input, observation], -1), previous.Deter);
        return new(deter, previous.Stoch, deter, Tensor.Ones(deter.Shape, deter.DType, deter.Device));
    }
}
