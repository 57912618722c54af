using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Models;

/// <summary>What rows allow, as a tensor.</summary>
internal static class ActionMasks
{
    /// <summary>(N, A), 1 for what may be chosen, else 0; null where actions have no mask.</summary>
    /// <exception cref="EnvironmentException">A row has another mask than the layout says, or one that allows nothing.
    /// </exception>
    public static Tensor? Of(ReadOnlySpan<TimeStep> rows, EpisodeLayout layout, Device device)
    {
        var groups = layout.Groups;
        if (!groups.IsMasked) return null;
        var mask = new bool[rows.Length * groups.Size];
        for (var n = 0; n < rows.Length; n++)
        {
            if (RowRule.FaultOfMask(rows[n], groups) is { } fault)
                throw new EnvironmentException($"row {n} of {rows.Length} does not fit the model, which does {groups}: {fault}");
            rows[n].ActionMask.CopyTo(mask, n * groups.Size);
        }
        return Tensor.FromArray(mask, [rows.Length, groups.Size], device).To(DType.Float32);
    }
}
