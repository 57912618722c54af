using Reverie.Torch.IO;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>Arrays of an npz of an evaluation, as they are asked for: whatever does not fit is damage.</summary>
/// <param name="path">The file.</param>
internal sealed class SeenArrays(string path)
{
    private const int LargestSide = 4096;

    private readonly Dictionary<string, NpyArray> arrays = Npz.Read(path);

    /// <summary>An array of so many dimensions.</summary>
    /// <exception cref="InvalidDataException">It is missing, or of another type or shape; one line.</exception>
    public NpyArray Get<T>(string key, params int?[] shape) where T : unmanaged => Find<T>(key, shape)
        ?? throw Damage($"has no '{key}'");

    /// <summary>The same, where it may be missing.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="shape">Extents; null for one that may be any.</param>
    public NpyArray? Find<T>(string key, params int?[] shape) where T : unmanaged
    {
        if (!arrays.TryGetValue(key, out var array))
            return null;
        if (array.ElementType != typeof(T))
            throw Damage($"'{key}' holds {array.ElementType.Name} where {typeof(T).Name} was expected");
        return array.Shape.Count == shape.Length
            && array.Shape.Zip(shape).All(pair => pair.First > 0 && (pair.Second ?? pair.First) == pair.First)
                ? array
                : throw Damage($"'{key}' has shape ({string.Join(", ", array.Shape)})");
    }

    /// <summary>Pictures whose last three dimensions are (H, W, C).</summary>
    public NpyArray? Pictures(string key, params int?[] shape) => Find<byte>(key, shape) is { } pictures
        ? pictures.Shape is [.., <= LargestSide, <= LargestSide, 1 or 3 or 4]
            ? pictures
            : throw Damage($"'{key}' has shape ({string.Join(", ", pictures.Shape)}), which no pictures have")
        : null;

    /// <summary>What is wrong, with the name of the file.</summary>
    public InvalidDataException Damage(string what) => new($"{path}: {what}");
}
