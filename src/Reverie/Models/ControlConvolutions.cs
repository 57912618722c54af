using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>Convolutions of 3×3 over pictures, the first one with a stride of 2, all with as many channels: bytes
/// (N, C, H, W) → (N, <see cref="Size"/>), float32. Two of them are D4PG's (CS), four CURL's (CU).</summary>
public sealed class ControlConvolutions : Module
{
    private const int Kernel = 3;

    private readonly Conv2d[] layers;
    private readonly DType precision;

    /// <summary>Makes the layers <c>conv0</c>….</summary>
    /// <param name="config">Channels and activation.</param>
    /// <param name="space">Of the pictures.</param>
    /// <param name="count">Layers.</param>
    /// <param name="precision">Type that they compute in.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    /// <exception cref="ConfigurationException">Pictures are too small, too large, or of too many channels.</exception>
    public ControlConvolutions(ModelConfig config, ImageSpace space, int count, DType precision, Initializer init)
    {
        PictureEncoder.Demand(space);
        if (Math.Min(After(space.Height, count), After(space.Width, count)) < 1)
            throw new ConfigurationException($"{count} convolutions of {Kernel}x{Kernel} leave nothing of pictures of "
                + $"{space.Height} by {space.Width}; environment.picture makes them larger");
        this.precision = precision;
        layers = new Conv2d[count];
        for (var i = 0; i < count; i++)
            layers[i] = Register($"conv{i}", new Conv2d(i == 0 ? space.Channels : config.CnnDepth, config.CnnDepth, Kernel,
                i == 0 ? 2 : 1, init, config.CnnActivation));
        Size = After(space.Height, count) * After(space.Width, count) * config.CnnDepth;
        for (var i = 0; i < count; i++)
            Products += (double)Kernel * Kernel * (i == 0 ? space.Channels : config.CnnDepth) * config.CnnDepth
                * After(space.Height, i + 1) * After(space.Width, i + 1);

        static int After(int side, int layers) => (side - Kernel) / 2 + 1 - (layers - 1) * (Kernel - 1);
    }

    /// <summary>Values of all maps of a picture.</summary>
    public int Size { get; }

    /// <summary>Multiply-adds of a picture.</summary>
    public double Products { get; }

    /// <summary>Applies the layers to bytes.</summary>
    public Tensor Forward(Tensor image)
    {
        using var observed = Profile.Of(this);
        var maps = image.ScaleBytes(8, precision);                                      // [−½, ½]
        using (new Autocast(precision))
            foreach (var layer in layers) maps = layer.Forward(maps);
        return maps.To(DType.Float32).Permute(0, 2, 3, 1).Reshape(maps.Size(0), Size);
    }
}
