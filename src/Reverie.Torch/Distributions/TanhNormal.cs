namespace Reverie.Torch.Distributions;

/// <summary>
/// A normal distribution squashed into (−1, 1) by tanh: Dreamer's actor. Events are vectors: mean and std (…, A),
/// log-density (…). Gradients flow through samples. Mean, mode and entropy have no closed form and are estimated from
/// draws of <paramref name="generator"/>.
/// </summary>
/// <param name="mean">Mean before tanh.</param>
/// <param name="std">Standard deviation before tanh.</param>
/// <param name="generator">Source of the draws behind the estimates.</param>
/// <param name="draws">Draws an estimate takes.</param>
public sealed class TanhNormal(Tensor mean, Tensor std, Generator generator, int draws = 100) : Distribution
{
    // The largest float32 below 1: atanh of 1 itself would be infinite.
    private const double Edge = 0.99999997;

    /// <summary>Average of the draws.</summary>
    public override Tensor Mean => Draw().Tanh().Mean(0);

    /// <summary>The draw of the highest density of each; no gradient flows through it.</summary>
    public override Tensor Mode
    {
        get
        {
            using var noGrad = new NoGrad();
            var u = Draw();                                             // (draws, …, A)
            var best = LogProbBefore(u).Argmax(0);                      // (…): each row has a best of its own
            var index = best.Unsqueeze(0).Unsqueeze(-1).Expand([1, .. mean.Shape]);
            return u.Gather(0, index).Squeeze(0).Tanh();
        }
    }

    /// <summary>tanh μ: half of all draws lie below it, in each dimension.</summary>
    public Tensor Median => mean.Tanh();

    /// <summary>The distribution from a network's two outputs (…, A): mean 5·tanh(m/5), std softplus(raw + c) +
    /// <paramref name="minStd"/> with c such that a raw of 0 gives <paramref name="initialStd"/> (Dreamer, app. A).
    /// </summary>
    public static TanhNormal FromOutputs(Tensor m, Tensor raw, Generator generator, double initialStd = 5,
        double minStd = 1e-4, double meanScale = 5)
    {
        var offset = Math.Log(Math.Exp(initialStd) - 1);
        return new((m * (1 / meanScale)).Tanh() * meanScale, (raw + offset).Softplus() + minStd, generator);
    }

    /// <inheritdoc/>
    public override Tensor Sample(Generator generator) => SampleBefore(generator).Tanh();

    /// <summary>A draw before tanh, for those who need its exact density too: see <see cref="LogProbBefore"/>.</summary>
    public Tensor SampleBefore(Generator generator) => FromNoise(Tensor.Randn(mean.Shape, generator, mean.DType));

    /// <summary>The draw before tanh that standard normal noise (…, A) stands for.</summary>
    public Tensor FromNoise(Tensor noise) => mean + std * noise;

    /// <summary>Log-density of tanh(u), exact however close to ±1 it is.</summary>
    public Tensor LogProbBefore(Tensor u) =>
        // ln(1 − tanh² u) = 2(ln 2 − u − softplus(−2u))
        (NormalLogDensity(u, mean, std) - (Math.Log(2) - u - (u * -2).Softplus()) * 2).Sum(-1);

    /// <summary>Log-density of actions; those beyond ±0.99999997 count as being there.</summary>
    public override Tensor LogProb(Tensor value) => LogProbBefore(value.Clamp(-Edge, Edge).Atanh());

    /// <summary>Minus the average log-density of the draws; gradients flow through it.</summary>
    public override Tensor Entropy() => -LogProbBefore(Draw()).Mean(0);

    /// <inheritdoc/>
    public override TanhNormal Detach() => new(mean.Detach(), std.Detach(), generator, draws);

    private Tensor Draw() => FromNoise(Tensor.Randn([draws, .. mean.Shape], generator, mean.DType));
}
