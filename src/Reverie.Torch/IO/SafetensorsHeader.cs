using System.Text.Json;

namespace Reverie.Torch.IO;

/// <summary>The JSON header of a safetensors file: name → dtype, shape, data_offsets.</summary>
internal static class SafetensorsHeader
{
    public const ulong LargestLength = 100_000_000;    // the format's own limit

    private const string MetadataKey = "__metadata__";
    // The data begin at a multiple of 64, a cache line, for those who map the file; the format asks for 8.
    private const int Alignment = 64;

    private static readonly Dictionary<string, int> Sizes = new()
    {
        ["BOOL"] = 1, ["U8"] = 1, ["I8"] = 1, ["I16"] = 2, ["U16"] = 2, ["F16"] = 2, ["BF16"] = 2,
        ["I32"] = 4, ["U32"] = 4, ["F32"] = 4, ["I64"] = 8, ["U64"] = 8, ["F64"] = 8,
    };

    /// <summary>The header's bytes, padded with blanks.</summary>
    public static byte[] Format(SafetensorsEntry[] entries, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
                WriteMetadata(json, metadata);
            var names = new HashSet<string>();
            var offset = 0L;
            foreach (var entry in entries)
            {
                if (entry.Name == MetadataKey || !names.Add(entry.Name))
                    throw new ArgumentException($"two entries are called '{entry.Name}'", nameof(entries));
                if (ByteCount(entry.DType, entry.Shape) != entry.Data.LongLength)
                    throw new ArgumentException($"entry '{entry.Name}' has {entry.Data.LongLength} bytes, which "
                        + $"{entry.DType} ({string.Join(", ", entry.Shape)}) does not take", nameof(entries));
                WritePlace(json, entry, offset, offset += entry.Data.LongLength);
            }
            json.WriteEndObject();
        }
        while ((SafetensorsFile.LengthSize + stream.Length) % Alignment != 0)
            stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    /// <summary>Reads a header; places come sorted by where they begin.</summary>
    public static (List<SafetensorsPlace> Places, Dictionary<string, string> Metadata) Parse(byte[] header)
    {
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var places = new List<SafetensorsPlace>();
            var metadata = new Dictionary<string, string>();
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name != MetadataKey)
                    places.Add(ParsePlace(property.Name, property.Value));
                else
                    foreach (var pair in property.Value.EnumerateObject())
                        metadata.Add(pair.Name, pair.Value.GetString() ?? "");
            }
            places.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
            return (places, metadata);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException)
        {
            throw new InvalidDataException("its header is damaged", error);
        }
    }

    /// <summary>Demands that the places fill the data: no overlap, no gap, nothing beyond the end, nothing left.
    /// </summary>
    public static void CheckPlaces(List<SafetensorsPlace> places, long dataLength)
    {
        var end = 0L;
        foreach (var place in places)
        {
            if (place.Begin != end)
                throw new InvalidDataException($"'{place.Name}' begins at byte {place.Begin} of the data, "
                    + $"not at {end}");
            if (ByteCount(place.DType, place.Shape) is not { } bytes || place.End - place.Begin != bytes)
                throw new InvalidDataException($"'{place.Name}' has {place.End - place.Begin} bytes, which "
                    + $"{place.DType} ({string.Join(", ", place.Shape)}) does not take");
            if (bytes > Array.MaxLength)
                throw new InvalidDataException($"'{place.Name}' has {bytes} bytes, more than 2 GiB");
            end = place.End;
        }
        if (dataLength != end)
            throw new InvalidDataException($"it has {dataLength} bytes of data where {end} are due");
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(MetadataKey);
        foreach (var (key, value) in metadata)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, SafetensorsEntry entry, long begin, long end)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype", entry.DType);
        WriteNumbers("shape", entry.Shape);
        WriteNumbers("data_offsets", [begin, end]);
        json.WriteEndObject();

        void WriteNumbers(string key, long[] numbers)
        {
            json.WriteStartArray(key);
            foreach (var number in numbers)
                json.WriteNumberValue(number);
            json.WriteEndArray();
        }
    }

    private static SafetensorsPlace ParsePlace(string name, JsonElement value)
    {
        var offsets = Numbers("data_offsets");
        return offsets.Length == 2
            ? new(name, value.GetProperty("dtype").GetString() ?? "null", Numbers("shape"), offsets[0], offsets[1])
            : throw new InvalidDataException($"'{name}' has no two data_offsets");

        long[] Numbers(string key) => [.. value.GetProperty(key).EnumerateArray().Select(each => each.GetInt64())];
    }

    /// <summary>Bytes of that many elements; null for an unknown type or an impossible shape.</summary>
    private static long? ByteCount(string dtype, long[] shape)
    {
        if (!Sizes.TryGetValue(dtype, out var size))
            return null;
        var bytes = (UInt128)size;
        foreach (var extent in shape)
        {
            if (extent < 0 || (bytes *= (ulong)extent) > long.MaxValue)
                return null;
        }
        return (long)bytes;
    }
}
