namespace Reverie.Environments.Gymnasium;

/// <summary>Lines of a stream that somebody else writes, none longer than is asked for.</summary>
/// <param name="stream">The caller disposes it.</param>
internal sealed class LineReader(Stream stream)
{
    private readonly byte[] buffer = new byte[4096];
    private int start, end;

    /// <summary>The next line without its end, as it is until the next one is read; null where the stream has
    /// ended.</summary>
    /// <param name="atMost">Bytes that it may have.</param>
    /// <exception cref="InvalidDataException">It is longer; what was read of it is lost.</exception>
    public ReadOnlyMemory<byte>? Read(int atMost)
    {
        MemoryStream? longer = null;
        while (true)
        {
            var part = buffer.AsMemory(start, end - start);
            var length = part.Span.IndexOf((byte)'\n');
            if (length >= 0) part = part[..length];
            start += part.Length + (length < 0 ? 0 : 1);
            if ((longer?.Length ?? 0) + part.Length > atMost)
                throw new InvalidDataException($"a line of more than {atMost} bytes: {Beginning(longer, part)}");
            if (length >= 0 && longer is null) return part;
            if (part.Length > 0) (longer ??= new()).Write(part.Span);
            if (length >= 0) return longer!.GetBuffer().AsMemory(0, (int)longer.Length);
            (start, end) = (0, stream.Read(buffer));
            if (end == 0) return null;
        }
    }

    private static string Beginning(MemoryStream? longer, ReadOnlyMemory<byte> part) =>
        PlainText.Of(longer is null ? part.Span : longer.GetBuffer().AsSpan(0, (int)longer.Length));
}
