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
/// <param name="Last">(L, B), 1 on the last row of an episode, true end or not, else 0; null where nobody asks.</param>
/// <param name="Deter">h before the first row, (B, D); null where chunks start from the zero state.</param>
/// <param name="Stoch">s before the first row, (B, S), with <paramref name="Deter"/>.</param>
/// <param name="Mask">(L, B, A), 1 for what may be chosen after row t, else 0; null where actions have no mask.</param>
public sealed record ModelBatch(Observation Seen, Tensor Action, Tensor Reward, Tensor Terminal, Tensor? Continues,
    Tensor? Last = null, Tensor? Deter = null, Tensor? Stoch = null, Tensor? Mask = null)
{
    /// <summary>L.</summary>
    public long Length => Action.Size(0);

    /// <summary>B.</summary>
    public long Batch => Action.Size(1);

    /// <summary>Rows <paramref name="start"/> … of every chunk, as views.</summary>
    public ModelBatch Narrow(long start, long length) => this with
    {
        Seen = Seen.Narrow(start * Batch, length * Batch),
        Action = Action.Narrow(0, start, length),
        Reward = Reward.Narrow(0, start, length),
        Terminal = Terminal.Narrow(0, start, length),
        Continues = Continues?.Narrow(0, start, length),
        Last = Last?.Narrow(0, start, length),
        Mask = Mask?.Narrow(0, start, length),
        Deter = start == 0 ? Deter : null,
        Stoch = start == 0 ? Stoch : null,
    };

    /// <summary>The tensors that there are.</summary>
    public IEnumerable<Tensor> Parts =>
        new[] { Action, Reward, Terminal, Continues, Last, Deter, Stoch, Mask }.OfType<Tensor>().Concat(Seen.Parts);

    /// <summary>Other rows of the same make, from tensors in the order of <see cref="Parts"/>.</summary>
    public ModelBatch With(ReadOnlySpan<Tensor> parts)
    {
        var rest = new Queue<Tensor>([.. parts]);
        Tensor? Next(Tensor? before) => before is null ? null : rest.Dequeue();
        var rows = new ModelBatch(Seen, rest.Dequeue(), rest.Dequeue(), rest.Dequeue(), Next(Continues), Next(Last),
            Next(Deter), Next(Stoch), Next(Mask));
        return rows with { Seen = Seen.With([.. rest]) };
    }

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
            begins || alike || batch.Context is not null
                ? Tensor.FromArray(batch.IsFirst, [l, b, 1], device).Eq(0).To(DType.Float32) : null)
        {
            Mask = batch.Mask.Length == 0 ? null : Tensor.FromArray(batch.Mask, [l, b, batch.A], device).To(DType.Float32),
            Last = batch.Context is null ? null : Tensor.FromArray(batch.IsLast, [l, b], device).To(DType.Float32),
            Deter = batch.Context is { } start
                ? Tensor.FromArray(start.Deter, [b, start.Shape.DeterSize], device) : null,
            Stoch = batch.Context is { } context ? OneHot(context, device) : null,
        };
    }

    // One-hot vectors of all variables, one after the other: (B, V·K).
    internal static Tensor OneHot(LatentChunk rows, Device device)
    {
        var (variables, classes) = (rows.Shape.Variables, rows.Shape.Classes);
        var result = new float[rows.Rows * variables * classes];
        for (var i = 0; i < rows.Classes.Length; i++) result[i * classes + rows.Classes[i]] = 1;
        return Tensor.FromArray(result, [rows.Rows, variables * classes], device);
    }
}
