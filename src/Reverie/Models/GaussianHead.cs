using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>Mean and standard deviation of a diagonal Gaussian: (…, in) → two of (…, S). The deviation is softplus(raw), or
/// 2·sigmoid(raw / 2), which DreamerV2's Gaussian latents have; a floor is added to it.</summary>
public sealed class GaussianHead : LatentHead
{
    private readonly Linear _mean, _std;
    private readonly Func<Tensor, Tensor> _positive;
    private readonly double _floor;

    /// <summary>Makes the two layers for latents of <see cref="ModelConfig.Stoch"/> dimensions.</summary>
    public GaussianHead(long inputs, ModelConfig config, Initializer init)
    {
        _mean = Register("mean", new Linear(inputs, config.Stoch, init));
        _std = Register("std", new Linear(inputs, config.Stoch, init));
        _positive = config.Std == "sigmoid2" ? raw => (raw * 0.5).Sigmoid() * 2 : raw => raw.Softplus();
        _floor = config.MinStd;
    }

    /// <inheritdoc/>
    public override GaussianLatent Forward(Tensor x)
    {
        using var observed = Profile.Of(this);
        var type = _mean.Weight.DType;
        return new(_mean.Forward(x).To(type), _positive(_std.Forward(x).To(type)) + _floor);
    }
}
