using System.Globalization;
using System.Text;
using Reverie.Environments;
using Reverie.Torch.IO;

namespace Reverie.Replay;

/// <summary>
/// An episode as an npz file with the keys <c>image action reward is_first is_last is_terminal</c>, and
/// <c>vector</c> where the environment has one; <c>action_groups</c> where actions have several: the number of choices of
/// each, or of continuous entries less than zero; <c>action_mask</c> (T+1, A) where rows say what may be chosen next;
/// <c>image_views</c> where several pictures lie in the channels of <c>image</c>: bytes of a text with a line for each, its name
/// and the number of its channels. <c>numpy.load</c> reads it.
/// </summary>
public static class EpisodeArchive
{
    private const string Image = "image", Vector = "vector", Action = "action", Reward = "reward";
    internal const string Groups = "action_groups", Mask = "action_mask", Views = "image_views";
    private const string IsFirst = "is_first", IsLast = "is_last", IsTerminal = "is_terminal";

    /// <summary>Writes an episode: whole, or not at all.</summary>
    /// <exception cref="DataException">The disk is full or refuses.</exception>
    public static void Write(string path, Episode episode)
    {
        try
        {
            Npz.Write(path, ArraysOf(episode));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException(error.Message, error);
        }
    }

    /// <summary>The bytes of the file that an episode is.</summary>
    internal static byte[] ToBytes(Episode episode)
    {
        using var bytes = new MemoryStream();
        Npz.Write(bytes, ArraysOf(episode));
        return bytes.ToArray();
    }

    private static List<KeyValuePair<string, NpyArray>> ArraysOf(Episode episode)
    {
        var (rows, layout) = (episode.Rows, episode.Layout);
        var arrays = new List<KeyValuePair<string, NpyArray>>();
        if (layout.Image is { } image)
        {
            Put(Image, new(episode.Image, rows, image.Height, image.Width, image.Channels));
            if (image.Views.Count > 0) Put(Views, Text(image.Views));
        }
        if (layout.VectorSize > 0)
            Put(Vector, new(episode.Vector, rows, layout.VectorSize));
        Put(Action, new(episode.Action, rows, layout.ActionSize));
        if (layout.Groups is { Count: > 1 } groups)
            Put(Groups, new(groups.Sizes, groups.Count));
        if (layout.MaskSize > 0)
            Put(Mask, new(episode.Mask, rows, layout.ActionSize));
        Put(Reward, new(episode.Reward, rows));
        Put(IsFirst, new(episode.IsFirst, rows));
        Put(IsLast, new(episode.IsLast, rows));
        Put(IsTerminal, new(episode.IsTerminal, rows));
        return arrays;

        void Put(string key, NpyArray array) => arrays.Add(new(key, array));
    }

    /// <summary>Reads an episode and checks it against the contract of rows.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or not an episode; one line that names it.
    /// </exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static Episode Read(string path) => Read(NpzFile.Open(path), path, underWay: false);

    /// <summary>Reads rows of an episode that is not over.</summary>
    /// <inheritdoc cref="Read(string)"/>
    internal static Episode ReadUnderWay(string path) => Read(NpzFile.Open(path), path, underWay: true);

    /// <summary>Reads an episode from the bytes of a file.</summary>
    /// <param name="content">As <see cref="ToBytes"/> makes them.</param>
    /// <param name="name">What they are called in messages.</param>
    /// <exception cref="InvalidDataException">They are damaged or not an episode; one line with the name.</exception>
    internal static Episode Read(byte[] content, string name) => Read(NpzFile.Open(content, name), name, underWay: false);

    private static Episode Read(NpzFile open, string name, bool underWay)
    {
        using var file = open;
        try
        {
            var episode = Assemble(file);
            return episode.Fault(underWay) is { } fault ? throw new InvalidDataException(fault) : episode;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{name}: not an episode ({error.Message})", error);
        }
    }

    private static Episode Assemble(NpzFile file)
    {
        var reward = Get<float>(file, Reward, 1);
        var rows = reward.Length;
        var (image, vector) = (Find(file, Image, 4, rows), Find(file, Vector, 2, rows));
        var action = Find(file, Action, 2, rows) ?? throw Missing(Action);
        var views = image is null || !file.Keys.Contains(Views) ? [] : ViewsOf(Read<byte>(file, Views), image[3]);
        var layout = new EpisodeLayout(image is null ? null : new ImageSpace(image[1], image[2], image[3]) { Views = views },
            vector?[1] ?? 0, action[1]);
        if (file.Keys.Contains(Groups))
        {
            var groups = new ActionGroups(Read<int>(file, Groups));
            if (groups.Size != action[1] || groups.Any(group => group.Size == 0))
                throw new InvalidDataException($"'{Groups}' are {groups}, '{Action}' has {action[1]} entries");
            layout = layout with { Groups = groups };
        }
        var mask = Find(file, Mask, 2, rows);
        if (mask is not null && mask[1] != action[1])
            throw new InvalidDataException($"'{Mask}' has {mask[1]} entries a row, '{Action}' {action[1]}");
        if (mask is not null)
            layout = layout with { Groups = layout.Groups.Masked() };
        return new Episode(layout, rows, image is null ? [] : Read<byte>(file, Image),
            vector is null ? [] : Read<float>(file, Vector), Read<float>(file, Action), reward,
            Get<bool>(file, IsFirst, 1, rows), Get<bool>(file, IsLast, 1, rows), Get<bool>(file, IsTerminal, 1, rows),
            mask is null ? null : Read<bool>(file, Mask));
    }

    internal static NpyArray Text(IEnumerable<ImageView> views)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(views.Select(view => $"{view.Name} {view.Channels}\n")));
        return new(text, text.Length);
    }

    /// <summary>Names and channels from their text.</summary>
    /// <exception cref="InvalidDataException">It is none, or there are not as many channels.</exception>
    internal static ImageView[] ViewsOf(byte[] text, int channels)
    {
        var views = new List<ImageView>();
        foreach (var line in Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            views.Add(line.LastIndexOf(' ') is > 0 and var end && int.TryParse(line.AsSpan(end), CultureInfo.InvariantCulture,
                    out var own) && own > 0 && own <= channels ? new(line[..end], own)
                : throw new InvalidDataException($"'{Views}' has the line '{OneLine.Of(line)}'; a name and a number of channels are due"));
        return views.Count > 1 && channels % views.Sum(view => view.Channels) == 0 ? [.. views]
            : throw new InvalidDataException($"'{Views}' has {views.Sum(view => view.Channels)} channels, '{Image}' {channels}");
    }

    private static T[] Get<T>(NpzFile file, string key, int rank, int? rows = null) where T : unmanaged =>
        Find(file, key, rank, rows) is null ? throw Missing(key) : Read<T>(file, key);

    private static T[] Read<T>(NpzFile file, string key) where T : unmanaged => Named(key, () => file.Read(key).As<T>());

    // The shape, looked at before anything is unpacked.
    private static int[]? Find(NpzFile file, string key, int rank, int? rows)
    {
        if (!file.Keys.Contains(key))
            return null;
        var shape = Named(key, () => file.Header(key).Shape);
        return shape.Length == rank && shape[0] == (rows ?? shape[0])
            ? shape
            : throw new InvalidDataException($"'{key}' has shape ({string.Join(", ", shape)})");
    }

    private static T Named<T>(string key, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"'{key}' {error.Message}", error);
        }
    }

    private static InvalidDataException Missing(string key) => new($"has no key '{key}'");
}
