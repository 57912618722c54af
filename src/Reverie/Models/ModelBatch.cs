using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Models;

/// <summary>A batch of chunks on the device, time-major.</summary>
/// <param name="Seen">Observations of the L·B rows, as the environment gave them.</param>
/// <param name="Action">(L, B, A), led to row t.</param>
/// <param name="Reward">(L, B), collected on the way to row t.</param>
/// <param name="Terminal">(L, B), 1 where the environment truly ended, else 0.</param>
/// <param name="Continues">(L, B, 1), 0 on rows that begin an episode; null where only the first row of a chunk may,
/// which starts from the zero state anyway.</param>
public sealed record ModelBatch(Observation Seen, Tensor Action, Tensor Reward, Tensor Terminal, Tensor? Continues)
{
    /// <summary>L.</summary>
    public long Length => Action.Size(0);

    /// <summary>B.</summary>
    public long Batch => Action.Size(1);

    /// <summary>Rows <paramref name="start"/> … of every chunk, as views.</summary>
    public ModelBatch Narrow(long start, long length) => new(Seen.Narrow(start * Batch, length * Batch),
        Action.Narrow(0, start, length), Reward.Narrow(0, start, length), Terminal.Narrow(0, start, length), Continues?.Narrow(0, start, length));

    /// <summary>The tensors that there are.</summary>
    public IEnumerable<Tensor> Parts =>
        new[] { Action, Reward, Terminal, Continues }.OfType<Tensor>().Concat(Seen.Parts);

    /// <summary>Other rows of the same make, from tensors in the order of <see cref="Parts"/>.</summary>
    public ModelBatch With(ReadOnlySpan<Tensor> parts) => Continues is null
        ? new(Seen.With(parts[3..]), parts[0], parts[1], parts[2], null)
        : new(Seen.With(parts[4..]), parts[0], parts[1], parts[2], parts[3]);

    /// <summary>Copies a batch from the host.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="device">Where to.</param>
    /// <param name="alike">Batches are to be of one make, so that continues is never left out.</param>
    public static ModelBatch From(SequenceBatch batch, Device device, bool alike = false)
    {
        var (l, b) = (batch.L, batch.B);
        var begins = batch.IsFirst.AsSpan(b).Contains(true);
        return new(Observation.From(batch, device), Tensor.FromArray(batch.Action, [l, b, batch.A], device),
            Tensor.FromArray(batch.Reward, [l, b], device),
            Tensor.FromArray(batch.IsTerminal, [l, b], device).To(DType.Float32),
            begins || alike ? Tensor.FromArray(batch.IsFirst, [l, b, 1], device).Eq(0).To(DType.Float32) : null);
    }
}
