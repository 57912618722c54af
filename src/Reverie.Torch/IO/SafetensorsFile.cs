using System.Buffers.Binary;

namespace Reverie.Torch.IO;

/// <summary>
/// The safetensors format as bytes: 8 bytes with the length of the header, the header in JSON, the data. Nothing
/// executes on reading. Source: the format's description in huggingface/safetensors.
/// </summary>
public static class SafetensorsFile
{
    internal const int LengthSize = sizeof(ulong);

    /// <summary>Writes a file: whole and flushed to the disk, or not at all. Same entries, same bytes.</summary>
    /// <exception cref="ArgumentException">An entry whose data does not fit its shape, or a name given twice.
    /// </exception>
    /// <exception cref="IOException">The disk is full or refuses; one line that names the file.</exception>
    public static void Write(string path, IEnumerable<SafetensorsEntry> entries,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var list = entries.ToArray();
        var header = SafetensorsHeader.Format(list, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[LengthSize];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var entry in list)
                stream.Write(entry.Data);
        });
    }

    /// <summary>Reads a file and checks all of it: sizes, types, that no data overlap and none are left over.</summary>
    /// <exception cref="InvalidDataException">The file is cut short, damaged or of another format; one line that
    /// names it.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static SafetensorsContent Read(string path)
    {
        using var stream = RegularFile.OpenRead(path);
        try
        {
            var (places, metadata, dataLength) = ReadHeader(stream);
            SafetensorsHeader.CheckPlaces(places, dataLength);
            var entries = places.Select(place => ReadEntry(stream, place)).ToArray();
            return new SafetensorsContent(entries, metadata);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException(
                OneLine.Of($"{path}: not a readable safetensors file ({error.Message})"), error);
        }
    }

    private static (List<SafetensorsPlace> Places, Dictionary<string, string> Metadata, long DataLength) ReadHeader(
        FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[LengthSize];
        if (stream.Length < LengthSize)
            throw new InvalidDataException($"it has {stream.Length} bytes, too few for a header");
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsHeader.LargestLength)
            throw new InvalidDataException($"its header claims {length} bytes");
        if ((long)length > stream.Length - LengthSize)
            throw new InvalidDataException($"it is cut short inside the header: {stream.Length} bytes");
        var header = new byte[length];
        stream.ReadExactly(header);
        var (places, metadata) = SafetensorsHeader.Parse(header);
        return (places, metadata, stream.Length - LengthSize - (long)length);
    }

    private static SafetensorsEntry ReadEntry(FileStream stream, SafetensorsPlace place)
    {
        // Places are sorted and without gaps: reading on is enough.
        var data = GC.AllocateUninitializedArray<byte>((int)(place.End - place.Begin));
        stream.ReadExactly(data);
        return new SafetensorsEntry(place.Name, place.DType, place.Shape, data);
    }
}
