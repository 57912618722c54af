namespace Reverie.Torch.Distributions;

/// <summary>Normal distributions of variance 1, as pictures and rewards are predicted with: mean (batch…, event…).
/// </summary>
/// <param name="mean">μ.</param>
/// <param name="eventDims">How many last dimensions make an event: 3 for pictures (…, C, H, W), 0 for rewards.</param>
/// <param name="constant">Whether log-densities count ½ ln 2π per element; it changes no gradient.</param>
public sealed class UnitNormal(Tensor mean, int eventDims, bool constant = true) : Distribution
{
    /// <inheritdoc/>
    public override Tensor Mean => mean;

    /// <inheritdoc/>
    public override Tensor Mode => mean;

    /// <inheritdoc/>
    public override Tensor Sample(Generator generator) => mean + Tensor.Randn(mean.Shape, generator, mean.DType);

    /// <summary>−½‖x − μ‖², less ½ ln 2π per element where constants count.</summary>
    public override Tensor LogProb(Tensor value)
    {
        // Rows of events take one pass, without a second tensor of their size.
        var squares = eventDims > 0 && mean.Dim == eventDims + 1
            ? -mean.HalfSquaredError(value)
            : SumLast((value - mean).Square(), eventDims) * -0.5;
        return constant ? squares - HalfLogTwoPi * EventSize : squares;
    }

    /// <inheritdoc/>
    public override Tensor Entropy() =>
        Tensor.Full(mean.Shape[..(mean.Dim - eventDims)], (HalfLogTwoPi + 0.5) * EventSize, mean.DType, mean.Device);

    /// <inheritdoc/>
    public override UnitNormal Detach() => new(mean.Detach(), eventDims, constant);

    private long EventSize
    {
        get
        {
            long product = 1;
            foreach (var size in mean.Shape[(mean.Dim - eventDims)..]) product *= size;
            return product;
        }
    }
}
