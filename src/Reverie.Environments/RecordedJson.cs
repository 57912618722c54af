using System.Text.Json;
using Reverie.Torch.IO;

namespace Reverie.Environments;

/// <summary>Recordings of the originals: JSON with keys in snake_case.</summary>
internal static class RecordedJson
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
    };

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private const long LargestFile = 256L << 20;
    private const double LargestNumber = 1e20;    // seeds have 64 bits

    /// <summary>Whether a file is JSON, and what of; null where it is none.</summary>
    internal static TAnswer? Look<TAnswer>(string path, Func<JsonElement, TAnswer?> look) where TAnswer : class
    {
        try
        {
            using var json = JsonDocument.Parse(RegularFile.ReadAllBytes(path, LargestFile), Strict);
            return look(json.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException
            or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="check">Throws <see cref="JsonException"/> where its parts do not fit together.</param>
    /// <exception cref="DataException">It cannot be read or is not of this format.</exception>
    internal static T Read<T>(string path, Action<T> check) where T : class
    {
        try
        {
            using var json = JsonDocument.Parse(RegularFile.ReadAllBytes(path, LargestFile), Strict);
            DemandWhole(json.RootElement, "");
            var file = json.Deserialize<T>(Format) ?? throw new JsonException("it is empty");
            check(file);
            return file;
        }
        // The reader's own: what has no UTF-8, or a number beyond its type, is not a JsonException everywhere.
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException
            or InvalidOperationException or FormatException or NotSupportedException)
        {
            throw new DataException($"cannot replay {path}: {Reason(fault)}", fault);
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

    // Types say which parts may be null, but not which entries; and no physics can go on from a number that is none.
    private static void DemandWhole(JsonElement element, string name)
    {
        foreach (var property in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default)
            DemandWhole(property.Value, name.Length > 0 ? $"{name}.{property.Name}" : property.Name);
        foreach (var entry in element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : default)
            if (entry.ValueKind == JsonValueKind.Null)
                throw new JsonException($"{name} has an entry that is null");
            else
                DemandWhole(entry, name);
        if (element.ValueKind == JsonValueKind.Number && Math.Abs(element.GetDouble()) > LargestNumber)
            throw new JsonException($"{name} has a number beyond {LargestNumber:0e0}");
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
