using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models.Dynamics;

/// <summary>
/// The recurrent state-space model with discrete latents (DreamerV2 §2): V categorical variables of K classes in place
/// of the Gaussian, drawn one-hot with straight-through gradients; S = V·K. The layers are those of <see cref="Rssm"/>.
/// </summary>
/// <remarks>DreamerV2 has the GRU <c>norm</c> and ELU; its Gaussian latents are <see cref="Rssm"/> with these and the
/// deviation <c>sigmoid2</c>.</remarks>
public sealed class DiscreteRssm : Rssm
{
    /// <summary>How they are known before any are made.</summary>
    public static new DynamicsKind Kind { get; } = new()
    {
        Name = "discrete_rssm",
        Make = (config, actionSize, embedSize, init) => new DiscreteRssm(config, actionSize, embedSize, init),
        HasClasses = true,
    };

    private readonly int variables, classes;
    private readonly double unimix;

    /// <summary>Makes the model; V is <see cref="ModelConfig.Stoch"/>, K <see cref="ModelConfig.Classes"/>.</summary>
    public DiscreteRssm(ModelConfig config, int actionSize, int embedSize, Initializer init)
        : base(config, actionSize, embedSize, config.Stoch * config.Classes,
            () => new CategoricalHead(config.Hidden, config, init), init) =>
        (variables, classes, unimix) = (config.Stoch, config.Classes, config.Unimix);

    /// <summary>Uniform in [0, 1), (rows…, V): each picks a class from its variable's distribution function.</summary>
    public override Tensor Noise(ReadOnlySpan<long> rows, Generator generator, DType dtype = DType.Float32) =>
        Tensor.Rand([.. rows, variables], generator, dtype);

    /// <inheritdoc/>
    /// <remarks>Log-weights of choices are divided by τ.</remarks>
    public override LatentState DreamStep(LatentState previous, Tensor action, Tensor noise, double temperature)
    {
        var next = PriorStep(previous, action, null);
        return next with { Stoch = next.Distribution.Tempered(temperature).Sample(noise) };
    }

    /// <inheritdoc/>
    protected override LatentDistribution ZeroDistribution(long batch) =>
        new CategoricalLatent(Zeros(batch, StochSize), classes, unimix);
}
