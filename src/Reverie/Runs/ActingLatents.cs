using Reverie.Replay;
using Reverie.Torch.IO;

namespace Reverie.Runs;

/// <summary>What an agent remembers between two acts, in full precision.</summary>
/// <param name="Latents">Those that it acted in last, one an environment.</param>
/// <param name="Actions">(N·A): what it chose there.</param>
internal sealed record ActingLatents(LatentChunk Latents, float[] Actions)
{
    /// <summary>Its name in a checkpoint.</summary>
    public const string File = "acting.npz";

    private const string Deter = "deter", Classes = "classes", Action = "action";

    /// <summary>Writes it into the folder of a checkpoint.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public void SaveTo(string folder)
    {
        var (n, shape) = (Latents.Rows, Latents.Shape);
        Npz.Write(Path.Combine(folder, File),
        [
            new(Deter, new NpyArray(Latents.Deter, n, shape.DeterSize)),
            new(Classes, new NpyArray(Latents.Classes, n, shape.Variables)),
            new(Action, new NpyArray(Actions, n, Actions.Length / n)),
        ]);
    }

    /// <summary>Writes one of zeros, of an agent that has done nothing yet, as large for each environment as another.</summary>
    /// <param name="like">Folder of the checkpoint with the other.</param>
    /// <param name="folder">Takes it.</param>
    /// <param name="count">Environments.</param>
    /// <exception cref="IOException">The other cannot be read, or the disk refuses.</exception>
    public static void SaveZeros(string like, string folder, int count) => Npz.Write(Path.Combine(folder, File),
        Npz.Read(Path.Combine(like, File)).Select(pair => KeyValuePair.Create(pair.Key, new NpyArray(
            Array.CreateInstance(pair.Value.ElementType, count * pair.Value.Shape[1]), count, pair.Value.Shape[1]))));

    /// <summary>Reads it back.</summary>
    /// <exception cref="DataException">It cannot be read, or is of another agent.</exception>
    public static ActingLatents Load(string folder, LatentRows shape, int count, int actionSize)
    {
        var path = Path.Combine(folder, File);
        try
        {
            var arrays = Npz.Read(path);
            var read = new ActingLatents(new LatentChunk(shape, count), new float[count * actionSize]);
            Fill(arrays, Deter, read.Latents.Deter);
            Fill(arrays, Classes, read.Latents.Classes);
            Fill(arrays, Action, read.Actions);
            return read;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DataException($"{path}: {error.Message}", error);
        }
    }

    private static void Fill<T>(Dictionary<string, NpyArray> arrays, string key, T[] target) where T : unmanaged
    {
        var source = arrays.GetValueOrDefault(key)?.As<T>() ?? throw new InvalidDataException($"has no key '{key}'");
        if (source.Length != target.Length)
            throw new InvalidDataException($"'{key}' has {source.Length} entries where {target.Length} are due");
        source.CopyTo(target, 0);
    }
}
