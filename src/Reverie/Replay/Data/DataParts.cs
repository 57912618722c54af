using Reverie.Environments;

namespace Reverie.Replay.Data;

/// <summary>What is seen in somebody's file, also by several names: <c>image/NAME</c> and <c>vector/NAME</c>, put together in
/// the order of the file as <see cref="NamedSpace"/> has it.</summary>
/// <param name="arrays">What is in the file.</param>
/// <param name="keys">Its keys.</param>
/// <param name="rows">Rows of the episode.</param>
/// <param name="tell">Takes what is wrong: key, row, and what to do.</param>
internal sealed class DataParts(DataArrays arrays, IReadOnlyCollection<string> keys, int rows, Action<string, int?, string> tell)
{
    private const string Image = "image", Vector = "vector";

    /// <summary>Whether a key is of a part.</summary>
    public static bool Owns(string key) => NameOf(key, Image) is not null || NameOf(key, Vector) is not null;

    /// <summary>The vector, (rows, V), and what it is made of where that has names; empty after a fault.</summary>
    public (float[] Values, IReadOnlyList<ObservationEntry> Entries, int Width) Vectors()
    {
        if (Named(Vector) is not { Length: > 0 } named)
        {
            var (values, size) = arrays.Floats(Vector, rows, rank: 2);
            return (values, [], size);
        }
        var parts = Array.ConvertAll(named, key => arrays.Floats(key, rows, rank: 2));
        if (Array.Exists(parts, part => part.Width == 0)) return ([], [], 0);
        var (width, at) = (parts.Sum(part => part.Width), 0);
        var joined = new float[rows * width];
        foreach (var (values, own) in parts)
        {
            for (var row = 0; row < rows; row++) values.AsSpan(row * own, own).CopyTo(joined.AsSpan(row * width + at));
            at += own;
        }
        return (joined, [.. named.Zip(parts, (key, part) => new ObservationEntry(NameOf(key, Vector)!, part.Width))], width);
    }

    /// <summary>The pictures, (rows, H, W, C), and what they are; empty after a fault.</summary>
    public (byte[] Values, ImageSpace? Space) Pictures()
    {
        if (Named(Image) is not { Length: > 0 } named)
        {
            var (values, shape) = arrays.Pictures(Image, rows);
            return values.Length == 0 ? ([], null)
                : (values, new ImageSpace(shape[1], shape[2], shape[3]) { Views = Views(shape[3]) });
        }
        var parts = Array.ConvertAll(named, key => arrays.Pictures(key, rows));
        if (Array.Exists(parts, part => part.Values.Length == 0)) return ([], null);
        var (height, width) = (parts[0].Shape[1], parts[0].Shape[2]);
        if (Array.FindIndex(parts, part => part.Shape[1] != height || part.Shape[2] != width) is > 0 and var other)
        {
            tell(named[other], null, $"its pictures are {parts[other].Shape[2]} by {parts[other].Shape[1]}, those of "
                + $"'{named[0]}' {width} by {height}; make all of them one size");
            return ([], null);
        }
        if (parts.Length == 1) return (parts[0].Values, new ImageSpace(height, width, parts[0].Shape[3]));
        var (all, at) = (parts.Sum(part => part.Shape[3]), 0);
        var joined = new byte[checked(rows * height * width * all)];
        foreach (var (values, shape) in parts)
        {
            for (var pixel = 0; pixel < values.Length / shape[3]; pixel++)
                values.AsSpan(pixel * shape[3], shape[3]).CopyTo(joined.AsSpan(pixel * all + at));
            at += shape[3];
        }
        return (joined, new ImageSpace(height, width, all)
        {
            Views = [.. named.Zip(parts, (key, part) => new ImageView(NameOf(key, Image)!, part.Shape[3]))],
        });
    }

    // A file of this program has several pictures in the channels of one.
    private ImageView[] Views(int channels)
    {
        if (!arrays.Has(EpisodeArchive.Views)) return [];
        try
        {
            var text = arrays.Floats(EpisodeArchive.Views, rows: null, rank: 1).Values;
            return EpisodeArchive.ViewsOf(Array.ConvertAll(text, letter => (byte)letter), channels);
        }
        catch (InvalidDataException error)
        {
            tell(EpisodeArchive.Views, null, error.Message);
            return [];
        }
    }

    private string[] Named(string kind)
    {
        string[] named = [.. keys.Where(key => NameOf(key, kind) is not null)];
        if (named.Length > 0 && arrays.Has(kind))
            tell(kind, null, $"it is there beside '{named[0]}'; keep one of them");
        return named;
    }

    private static string? NameOf(string key, string kind) =>
        key.Length > kind.Length + 1 && key.StartsWith(kind, StringComparison.Ordinal) && key[kind.Length] == '/'
            ? key[(kind.Length + 1)..] : null;
}
