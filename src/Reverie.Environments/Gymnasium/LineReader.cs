namespace Reverie.Environments.Gymnasium;

/// <summary>Lines of a stream that somebody else writes, none longer than is asked for.</summary>
/// <param name="stream">The caller disposes it.</param>
internal sealed class LineReader(Stream stream)
{
    private readonly byte[] buffer = new byte[4096];
    private int start, end;

    /// <summary>The next line without its end; null where the stream has ended.</summary>
    /// <param name="atMost">Bytes that it may have.</param>
    /// <exception cref="InvalidDataException">It is longer; what was read of it is lost.</exception>
    public byte[]? Read(int atMost)
    {
        var line = new MemoryStream();
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            line.Write(buffer, start, length < 0 ? end - start : length);
            start = length < 0 ? end : start + length + 1;
            if (line.Length > atMost)
                throw new InvalidDataException($"a line of more than {atMost} bytes: {PlainText.Of(line.ToArray())}");
            if (length >= 0) return line.ToArray();
            (start, end) = (0, stream.Read(buffer));
            if (end == 0) return null;
        }
    }
}
