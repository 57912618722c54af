using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Ranks;

namespace Reverie.Models;

/// <summary>A divergence that costs nothing below some nats, so that latents may carry that much for nothing.</summary>
public static class FreeNats
{
    /// <summary>What of a divergence is paid for; the shape stays.</summary>
    /// <param name="config">How many are free, and over what: on every row by itself, as PlaNet has it, max(0, KL −
    /// free), or in the mean of all, max(mean KL, free), which lets the model spend them where it likes (D2).</param>
    /// <param name="divergence">(L, B).</param>
    public static Tensor Apply(LossConfig config, Tensor divergence) => Apply(config, divergence, Alone.Instance);

    /// <summary>The same where the rows are one rank's share of a batch: the mean is that of all.</summary>
    internal static Tensor Apply(LossConfig config, Tensor divergence, IGlobalStatistics batch)
    {
        // On rows the value is shifted against max(KL, free), the gradient is the same (Pc).
        if (config.FreeNatsOver == "rows") return (divergence - config.FreeNats).Relu();
        // Either the mean pays, and every row has its share, or nothing does.
        var pays = batch.Mean(divergence.Detach().Mean()).Gt(config.FreeNats);
        return Tensor.Where(pays, divergence, Tensor.Scalar(config.FreeNats, divergence.DType, divergence.Device));
    }
}
