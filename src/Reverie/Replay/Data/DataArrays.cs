using System.Globalization;
using Reverie.Torch.IO;

namespace Reverie.Replay.Data;

/// <summary>The arrays of somebody's file as what agents learn from, float32 and uint8. Nothing is unpacked before its
/// shape fits, and what does not fit is told.</summary>
/// <param name="file">The file, open.</param>
/// <param name="tell">Takes what is wrong: key, row, and what to do.</param>
internal sealed class DataArrays(NpzFile file, Action<string, int?, string> tell)
{
    /// <summary>Whether the file has an array of that name.</summary>
    public bool Has(string key) => file.Keys.Contains(key);

    /// <summary>Reads numbers as float32.</summary>
    /// <param name="key">Their array; where it is not there, the result is empty.</param>
    /// <param name="rows">What the first extent must be; null where that is not known yet.</param>
    /// <param name="rank">Number of extents.</param>
    /// <returns>The numbers and how many a row has; empty after a fault.</returns>
    public (float[] Values, int Width) Floats(string key, int? rows, int rank)
    {
        var due = rows is null ? "(rows)" : rank == 1 ? $"({rows})" : $"({rows}, entries)";
        if (Read(key, rows, rank, due + (key == "action" ? ", choices one-hot" : "")) is not { } array)
            return ([], 0);
        var (values, width) = (DataNumbers.Singles(array), array.Data.Length / Math.Max(1, array.Shape[0]));
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        if (bad < 0)
            return (values, width);
        var written = DataNumbers.At(array, bad);
        tell(key, bad / width, double.IsFinite(written)
            ? $"{Text(written)} is too large for float32; scale it"
            : $"{Text(written)} is no number to learn from; cut the episode before it, or remove the file");
        return ([], 0);
    }

    /// <summary>Reads pictures as uint8, from whole numbers of any width.</summary>
    /// <param name="key">Their array, (rows, height, width, channels).</param>
    /// <param name="rows">What the first extent must be.</param>
    /// <returns>The bytes and the array's shape; empty after a fault.</returns>
    public (byte[] Values, IReadOnlyList<int> Shape) Pictures(string key, int rows)
    {
        if (Read(key, rows, 4, $"({rows}, height, width, channels)") is not { } array)
            return ([], []);
        if (!DataNumbers.AreWhole(array))
        {
            // 0 to 1 and 0 to 255 are both usual, and a dark picture of the one is a bright one of the other.
            var values = DataNumbers.Singles(array);
            tell(key, null, $"it holds {NpyType.Of(array.ElementType)!.Name} from {Text(values.Min())} to "
                + $"{Text(values.Max())}; pictures are uint8 from 0 to 255, so scale and convert them");
            return ([], []);
        }
        var (bytes, misfit) = DataNumbers.Bytes(array);
        if (misfit < 0)
            return (bytes, array.Shape);
        tell(key, misfit / (bytes.Length / rows),
            $"{Text(DataNumbers.At(array, misfit))} is no value of a picture, which are uint8 from 0 to 255");
        return ([], []);
    }

    // Nothing is unpacked whose shape does not fit.
    private NpyArray? Read(string key, int? rows, int rank, string due)
    {
        if (!Has(key))
            return null;
        try
        {
            var header = file.Header(key);
            _ = header.Demanded;
            if (header.Shape.Length == rank && header.Shape[0] == (rows ?? header.Shape[0])
                && !header.Shape.AsSpan(1).Contains(0))
                return file.Read(key);
            tell(key, null, $"its shape is ({string.Join(", ", header.Shape)}); it must be {due}");
        }
        catch (InvalidDataException error)
        {
            tell(key, null, $"it {error.Message}");
        }
        return null;
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
