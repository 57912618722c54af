using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Models;

/// <summary>What is seen on N rows: pictures, vectors or both, as the environment gave them or as
/// <see cref="WorldModel.Preprocess(Observation, long?)"/> made them.</summary>
/// <param name="Image">(N, C, H, W): uint8, or once preprocessed the type that convolutions compute in; channels-last in
/// memory as the renderer made them. Null where there are no pictures.</param>
/// <param name="Vector">(N, V), float32. Null where there are no vectors.</param>
public sealed record Observation(Tensor? Image, Tensor? Vector)
{
    /// <summary>Names of the kinds, as losses and archives have them.</summary>
    public const string ImageKind = "image", VectorKind = "vector";

    /// <summary>The part of that kind.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public Tensor this[string kind] => kind switch { ImageKind => Image, VectorKind => Vector, _ => null }
        ?? throw new ArgumentException($"the observation has no {kind}", nameof(kind));

    /// <summary>The tensors that there are.</summary>
    public IEnumerable<Tensor> Parts => new[] { Image, Vector }.OfType<Tensor>();

    /// <summary>The same kinds with other tensors, in the order of <see cref="Parts"/>.</summary>
    public Observation With(ReadOnlySpan<Tensor> parts) =>
        new(Image is null ? null : parts[0], Vector is null ? null : parts[^1]);

    /// <summary>To the scale that networks without a model see: pictures in [−½, ½], in the type that convolutions compute
    /// in; vectors as symlog(x), so that what has no bounds does not drown the rest.</summary>
    public Observation Scaled(DType precision) => new(Image?.ScaleBytes(8, precision), Vector?.Symlog());

    /// <summary>Rows <paramref name="start"/> …, as views.</summary>
    public Observation Narrow(long start, long length) =>
        new(Image?.Narrow(0, start, length), Vector?.Narrow(0, start, length));

    /// <summary>Copies the observations of a batch from the host, N = L·B.</summary>
    public static Observation From(SequenceBatch batch, Device device)
    {
        var copied = From(batch.Layout, batch.L * batch.B, batch.Pictures is null ? batch.Image : [], batch.Vector, device);
        return batch.Pictures is { } there ? copied with { Image = there.Alias().Permute(0, 3, 1, 2) } : copied;
    }

    /// <summary>Copies one row of each environment from the host.</summary>
    /// <param name="rows">N rows. What the layout has they must have, of just that size; a picture or a vector that it
    /// does not have is not looked at.</param>
    /// <param name="layout">What is taken of them.</param>
    /// <param name="device">Where to.</param>
    /// <exception cref="ReverieException">A picture or a vector has another size than the layout says, or a number that
    /// is not finite.</exception>
    public static Observation From(ReadOnlySpan<TimeStep> rows, EpisodeLayout layout, Device device)
    {
        var (images, vectors) = (new byte[rows.Length * layout.ImageSize], new float[rows.Length * layout.VectorSize]);
        for (var n = 0; n < rows.Length; n++)
        {
            var seen = rows[n] with
            {
                Image = layout.ImageSize > 0 ? rows[n].Image : [], Vector = layout.VectorSize > 0 ? rows[n].Vector : [],
            };
            if (RowRule.FaultOfSight(seen, layout.ImageSize, layout.VectorSize) is { } fault)
                throw new EnvironmentException($"row {n} of {rows.Length} does not fit the model, which sees {layout}: {fault}");
            seen.Image.CopyTo(images, n * layout.ImageSize);
            seen.Vector.CopyTo(vectors, n * layout.VectorSize);
        }
        return From(layout, rows.Length, images, vectors, device);
    }

    /// <summary>Copies N rows from the host: uint8 (N, H, W, C) and float32 (N, V), empty where the layout has none.</summary>
    internal static Observation From(EpisodeLayout layout, long n, byte[] images, float[] vectors, Device device) => new(
        layout.Image is { } space && images.Length > 0
            ? Tensor.FromArray(images, [n, space.Height, space.Width, space.Channels], device).Permute(0, 3, 1, 2)
            : null,
        layout.VectorSize > 0 ? Tensor.FromArray(vectors, [n, layout.VectorSize], device) : null);
}
