using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>Mean and standard deviation of a diagonal Gaussian: (…, in) → two of (…, S); std = softplus + a floor.</summary>
public sealed class GaussianHead : Module
{
    private readonly Linear _mean, _std;
    private readonly double _floor;

    /// <summary>Makes the two layers; <paramref name="floor"/> is added to the standard deviation (0.1 in Pc and K).</summary>
    public GaussianHead(long inputs, long size, double floor, Initializer init)
    {
        _mean = Register("mean", new Linear(inputs, size, init));
        _std = Register("std", new Linear(inputs, size, init));
        _floor = floor;
    }

    /// <summary>The two parts, in the type of the parameters.</summary>
    public (Tensor Mean, Tensor Std) Forward(Tensor x)
    {
        var type = _mean.Weight.DType;
        return (_mean.Forward(x).To(type), _std.Forward(x).To(type).Softplus() + _floor);
    }
}
