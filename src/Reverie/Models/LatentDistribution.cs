using Reverie.Torch;
using Reverie.Torch.Distributions;

namespace Reverie.Models;

/// <summary>Parameters of the distributions that latents are drawn from; any leading axes, then the sizes
/// named.</summary>
public abstract record LatentDistribution
{
    /// <summary>The parameters, each (…, ·).</summary>
    public abstract IReadOnlyList<Tensor> Parts { get; }

    /// <summary>The distributions, one event per state: log-densities and divergences are (…).</summary>
    public abstract Distribution Distribution { get; }

    /// <summary>What says nothing, of the same shape: N(0, I), or all classes alike.</summary>
    public abstract LatentDistribution Standard { get; }

    /// <summary>How sure it is, as logs name it: a mean standard deviation or entropy, a scalar without
    /// gradient.</summary>
    public abstract (string Name, Tensor Value) Spread { get; }

    /// <summary>The same kind with other parameters, in the order of <see cref="Parts"/>.</summary>
    public abstract LatentDistribution With(IReadOnlyList<Tensor> parts);

    /// <summary>The sample (…, S) that numbers stand for, with gradients to the parameters.</summary>
    /// <param name="noise">As <see cref="Dynamics.LatentDynamics.Noise"/> draws them; null for the most probable
    /// state.</param>
    public abstract Tensor Sample(Tensor? noise);

    /// <summary>The same, surer below a temperature of 1 and less sure above it: deviations of normal distributions
    /// times √τ, log-weights of choices divided by τ (W §4).</summary>
    /// <param name="temperature">τ, above 0.</param>
    public abstract LatentDistribution Tempered(double temperature);

    /// <summary>The same function applied to every parameter.</summary>
    public LatentDistribution Map(Func<Tensor, Tensor> function) => With([.. Parts.Select(function)]);

    /// <summary>Several of one kind joined into one.</summary>
    public static LatentDistribution Join(IReadOnlyList<LatentDistribution> all, Func<Tensor[], Tensor> join) =>
        all[0].With([.. all[0].Parts.Select((_, i) => join([.. all.Select(one => one.Parts[i])]))]);
}

/// <summary>Independent normal distributions.</summary>
/// <param name="Mean">(…, S).</param>
/// <param name="Std">(…, S), positive.</param>
public sealed record GaussianLatent(Tensor Mean, Tensor Std) : LatentDistribution
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parts => [Mean, Std];

    /// <inheritdoc/>
    public override Distribution Distribution => new DiagonalNormal(Mean, Std);

    /// <inheritdoc/>
    public override LatentDistribution Standard => new GaussianLatent(
        Tensor.Zeros(Mean.Shape, Mean.DType, Mean.Device), Tensor.Ones(Std.Shape, Std.DType, Std.Device));

    /// <inheritdoc/>
    public override (string Name, Tensor Value) Spread => ("std", Std.Detach().Mean());

    /// <inheritdoc/>
    public override LatentDistribution With(IReadOnlyList<Tensor> parts) => new GaussianLatent(parts[0], parts[1]);

    /// <inheritdoc/>
    public override LatentDistribution Tempered(double temperature) => this with { Std = Std * Math.Sqrt(temperature) };

    /// <summary>μ + σ·ε for standard normal ε (…, S).</summary>
    public override Tensor Sample(Tensor? noise) => noise is null ? Mean : Mean + Std * noise;
}

/// <summary>Independent categorical variables, whose sample is their one-hot vectors one after the other (V2
/// §2).</summary>
/// <param name="Logits">(…, V·K) for V variables.</param>
/// <param name="Classes">K.</param>
/// <param name="Unimix">Part of the uniform distribution mixed in (V3; V2 has none).</param>
public sealed record CategoricalLatent(Tensor Logits, int Classes, double Unimix = 0) : LatentDistribution
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parts => [Logits];

    /// <inheritdoc/>
    public override Distribution Distribution => Variables;

    /// <inheritdoc/>
    public override LatentDistribution Standard =>
        this with { Logits = Tensor.Zeros(Logits.Shape, Logits.DType, Logits.Device) };

    /// <inheritdoc/>
    public override (string Name, Tensor Value) Spread => ("entropy", Variables.Detach().Entropy().Mean());

    private OneHotCategorical Variables =>
        new(Logits.Reshape([.. Logits.Shape[..^1], Logits.Size(-1) / Classes, Classes]), variableDims: 1, Unimix);

    /// <inheritdoc/>
    public override LatentDistribution With(IReadOnlyList<Tensor> parts) => this with { Logits = parts[0] };

    /// <inheritdoc/>
    public override LatentDistribution Tempered(double temperature) => this with { Logits = Logits / temperature };

    /// <summary>One-hot vectors for uniform numbers (…, V), with the gradient of the probabilities (straight-through).
    /// </summary>
    public override Tensor Sample(Tensor? noise) =>
        (noise is null ? Variables.Mode : Variables.FromUniform(noise)).Flatten(-2);
}
