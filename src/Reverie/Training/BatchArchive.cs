using Reverie.Replay;
using Reverie.Torch.IO;

namespace Reverie.Training;

/// <summary>A batch as an npz file, to be looked at after a failure; readable by numpy.</summary>
public static class BatchArchive
{
    /// <summary>Writes the file; its arrays are time-major, (L, B, …).</summary>
    public static void Write(string path, SequenceBatch batch)
    {
        var (l, b) = (batch.L, batch.B);
        var arrays = new Dictionary<string, NpyArray>
        {
            ["action"] = new(batch.Action, l, b, batch.A),
            ["reward"] = new(batch.Reward, l, b),
            ["is_first"] = new(batch.IsFirst, l, b),
            ["is_last"] = new(batch.IsLast, l, b),
            ["is_terminal"] = new(batch.IsTerminal, l, b),
        };
        if (batch.Mask.Length > 0) arrays["action_mask"] = new(batch.Mask, l, b, batch.A);
        batch.ReadPictures();
        if (batch.ImageSpace is { } space) arrays["image"] = new(batch.Image, l, b, space.Height, space.Width, space.Channels);
        if (batch.Vector.Length > 0) arrays["vector"] = new(batch.Vector, l, b, batch.Layout.VectorSize);
        if (batch.Context is { Shape: var shape } context)
        {
            arrays["context_deter"] = new(context.Deter, b, shape.DeterSize);
            arrays["context_classes"] = new(context.Classes, b, shape.Variables);
        }
        Npz.Write(path, arrays);
    }
}
