using Reverie.Torch;
using Reverie.Torch.Distributions;

namespace Reverie.Models;

/// <summary>Mixtures of normal distributions over a latent, as World Models' memory predicts them. Parts are kept flat,
/// so that they are masked and cut like those of other latents.</summary>
/// <param name="Logits">(…, S·K): a mixture for each dimension; (…, K): one for all.</param>
/// <param name="Means">(…, S·K).</param>
/// <param name="LogStd">(…, S·K).</param>
/// <param name="Components">K.</param>
public sealed record MixtureLatent(Tensor Logits, Tensor Means, Tensor LogStd, int Components) : LatentDistribution
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parts => [Logits, Means, LogStd];

    /// <inheritdoc/>
    public override Distribution Distribution => Mixture;

    /// <summary>The mixtures.</summary>
    public GaussianMixture Mixture => new(Unfold(Logits), Unfold(Means), Unfold(LogStd));

    /// <inheritdoc/>
    public override LatentDistribution Standard =>
        With([.. Parts.Select(part => Tensor.Zeros(part.Shape, part.DType, part.Device))]);

    /// <summary>Mean deviation of the components.</summary>
    public override (string Name, Tensor Value) Spread => ("std", LogStd.Detach().Exp().Mean());

    /// <inheritdoc/>
    public override LatentDistribution With(IReadOnlyList<Tensor> parts) =>
        new MixtureLatent(parts[0], parts[1], parts[2], Components);

    /// <summary>Log-weights divided by τ, deviations times √τ (W §4).</summary>
    public override LatentDistribution Tempered(double temperature) =>
        new MixtureLatent(Logits / temperature, Means, LogStd + 0.5 * Math.Log(temperature), Components);

    /// <summary>For noise (…, 2S): S uniform numbers that choose components, then S standard normal ones. Without noise
    /// the mean of the likeliest component.</summary>
    public override Tensor Sample(Tensor? noise)
    {
        if (noise is null) return Mixture.Mode;
        var (size, choices) = (Means.Size(-1) / Components, Logits.Size(-1) / Components);
        return Mixture.FromNoise(noise.Narrow(-1, 0, choices), noise.Narrow(-1, size, size));
    }

    private Tensor Unfold(Tensor part) => part.Reshape([.. part.Shape[..^1], part.Size(-1) / Components, Components]);
}
