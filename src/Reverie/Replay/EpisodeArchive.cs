using Reverie.Environments;
using Reverie.Torch.IO;

namespace Reverie.Replay;

/// <summary>
/// An episode as an npz file with the keys <c>image action reward is_first is_last is_terminal</c>, and
/// <c>vector</c> where the environment has one. <c>numpy.load</c> reads it.
/// </summary>
public static class EpisodeArchive
{
    private const string Image = "image", Vector = "vector", Action = "action", Reward = "reward";
    private const string IsFirst = "is_first", IsLast = "is_last", IsTerminal = "is_terminal";

    /// <summary>Writes an episode: whole, or not at all.</summary>
    /// <exception cref="ReverieException">The disk is full or refuses.</exception>
    public static void Write(string path, Episode episode)
    {
        var (rows, layout) = (episode.Rows, episode.Layout);
        var arrays = new List<KeyValuePair<string, NpyArray>>();
        if (layout.Image is { } image)
            Put(Image, new(episode.Image, rows, image.Height, image.Width, image.Channels));
        if (layout.VectorSize > 0)
            Put(Vector, new(episode.Vector, rows, layout.VectorSize));
        Put(Action, new(episode.Action, rows, layout.ActionSize));
        Put(Reward, new(episode.Reward, rows));
        Put(IsFirst, new(episode.IsFirst, rows));
        Put(IsLast, new(episode.IsLast, rows));
        Put(IsTerminal, new(episode.IsTerminal, rows));
        try
        {
            Npz.Write(path, arrays);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException(error.Message, error);
        }

        void Put(string key, NpyArray array) => arrays.Add(new(key, array));
    }

    /// <summary>Reads an episode and checks it against the contract of rows.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or not an episode; one line that names it.
    /// </exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static Episode Read(string path)
    {
        var arrays = Npz.Read(path);
        try
        {
            var episode = Assemble(arrays);
            return episode.Fault() is { } fault ? throw new InvalidDataException(fault) : episode;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: not an episode ({error.Message})", error);
        }
    }

    private static Episode Assemble(Dictionary<string, NpyArray> arrays)
    {
        var rows = Required(arrays, Reward, 1).Shape[0];
        var image = Get(arrays, Image, 4, rows);
        var vector = Get(arrays, Vector, 2, rows);
        var action = Required(arrays, Action, 2, rows);
        var layout = new EpisodeLayout(
            image is null ? null : new ImageSpace(image.Shape[1], image.Shape[2], image.Shape[3]),
            vector?.Shape[1] ?? 0, action.Shape[1]);
        return new Episode(layout, rows, image?.As<byte>() ?? [], vector?.As<float>() ?? [], action.As<float>(),
            Required(arrays, Reward, 1, rows).As<float>(), Required(arrays, IsFirst, 1, rows).As<bool>(),
            Required(arrays, IsLast, 1, rows).As<bool>(), Required(arrays, IsTerminal, 1, rows).As<bool>());
    }

    private static NpyArray Required(Dictionary<string, NpyArray> arrays, string key, int rank, int? rows = null) =>
        Get(arrays, key, rank, rows) ?? throw new InvalidDataException($"has no key '{key}'");

    private static NpyArray? Get(Dictionary<string, NpyArray> arrays, string key, int rank, int? rows = null)
    {
        if (!arrays.TryGetValue(key, out var array))
            return null;
        if (array.Shape.Count != rank || (rows is { } due && array.Shape[0] != due))
            throw new InvalidDataException($"'{key}' has shape ({string.Join(", ", array.Shape)})");
        return array;
    }
}
