using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Models;

/// <summary>A batch of chunks on the device, time-major.</summary>
/// <param name="Image">uint8 (L·B, C, H, W), channels-last in memory as the renderer made them.</param>
/// <param name="Action">(L, B, A), led to row t.</param>
/// <param name="Reward">(L, B), collected on the way to row t.</param>
/// <param name="Continues">(L, B, 1), 0 on rows that begin an episode; null where only the first row of a chunk may,
/// which starts from the zero state anyway.</param>
public sealed record ModelBatch(Tensor Image, Tensor Action, Tensor Reward, Tensor? Continues)
{
    /// <summary>L.</summary>
    public long Length => Action.Size(0);

    /// <summary>B.</summary>
    public long Batch => Action.Size(1);

    /// <summary>Copies a batch from the host.</summary>
    public static ModelBatch From(SequenceBatch batch, Device device)
    {
        var (l, b) = (batch.L, batch.B);
        var space = batch.ImageSpace ?? throw new ReverieException("model: the environment gives no picture, which the encoder needs");
        var image = Tensor.FromArray(batch.Image, [l * b, space.Height, space.Width, space.Channels], device).Permute(0, 3, 1, 2);
        var begins = batch.IsFirst.AsSpan(b).Contains(true);
        return new(image, Tensor.FromArray(batch.Action, [l, b, batch.A], device),
            Tensor.FromArray(batch.Reward, [l, b], device),
            begins ? Tensor.FromArray(batch.IsFirst, [l, b, 1], device).Eq(0).To(DType.Float32) : null);
    }
}
