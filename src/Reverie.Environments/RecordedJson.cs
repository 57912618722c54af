using System.Text.Json;

namespace Reverie.Environments;

/// <summary>Recordings of the originals: JSON with keys in snake_case.</summary>
internal static class RecordedJson
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="check">Throws <see cref="JsonException"/> where its parts do not fit together.</param>
    /// <exception cref="ReverieException">It cannot be read or is not of this format.</exception>
    internal static T Read<T>(string path, Action<T> check) where T : class
    {
        try
        {
            var file = JsonSerializer.Deserialize<T>(File.ReadAllText(path), Format)
                ?? throw new JsonException("it is empty");
            check(file);
            return file;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ReverieException($"cannot replay {path}: {Reason(fault)}", fault);
        }
    }

    /// <summary>Throws where a recording has not that many rows, or a row is not that wide.</summary>
    internal static void CheckRows(string name, double[][] rows, int count, int width)
    {
        if (rows.Length != count)
            throw new JsonException($"{name} has {rows.Length} rows and actions {count}");
        if (rows.Any(row => row is null || row.Length != width))
            throw new JsonException($"{name} has a row that is not of length {width}");
    }

    // The reader's own words are about .NET types; users know places of the file.
    private static string Reason(Exception fault)
    {
        const string Missing = "missing required properties including: ";
        var lacks = fault.Message.IndexOf(Missing, StringComparison.Ordinal);
        if (lacks >= 0)
            return "there is no " + fault.Message[(lacks + Missing.Length)..].TrimEnd('.');
        return fault is JsonException { Path: { } place, LineNumber: { } line }
            ? $"line {line + 1}, {place}, is not what a recording has there"
            : fault.Message.ReplaceLineEndings(" ");
    }
}
