using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>Mean and standard deviation of a diagonal Gaussian: (…, in) → two of (…, S). The deviation is softplus(raw), or
/// 2·sigmoid(raw / 2), which DreamerV2's Gaussian latents have; a floor is added to it.</summary>
public sealed class GaussianHead : LatentHead
{
    private readonly Linear mean, std;
    private readonly Func<Tensor, Tensor> positive;
    private readonly double floor;

    /// <summary>Makes the two layers for latents of <see cref="ModelConfig.Stoch"/> dimensions.</summary>
    public GaussianHead(long inputs, ModelConfig config, Initializer init)
    {
        mean = Register("mean", new Linear(inputs, config.Stoch, init));
        std = Register("std", new Linear(inputs, config.Stoch, init));
        positive = config.Std == "sigmoid2" ? raw => (raw * 0.5).Sigmoid() * 2 : raw => raw.Softplus();
        floor = config.MinStd;
    }

    /// <inheritdoc/>
    public override GaussianLatent Forward(Tensor x)
    {
        using var observed = Profile.Of(this);
        var type = mean.Weight.DType;
        return new(mean.Forward(x).To(type), positive(std.Forward(x).To(type)) + floor);
    }
}
