namespace Reverie.Environments.Gymnasium;

/// <summary>Reads what a process says of its troubles as long as it speaks, and keeps the end of it.</summary>
internal sealed class LastWords
{
    private const int Kept = 8192;

    private readonly byte[] kept = new byte[Kept];
    private readonly Lock gate = new();
    private readonly Thread reader;
    private long total;

    /// <summary>Begins.</summary>
    /// <param name="stream">Its standard error; whoever disposes it ends the reading.</param>
    public LastWords(Stream stream)
    {
        reader = new Thread(() => Read(stream), 256 << 10) { IsBackground = true, Name = "standard error of Python" };
        reader.Start();
    }

    /// <summary>Its last line that is not blank, or null.</summary>
    /// <param name="patience">How long to wait for the end of what it says.</param>
    public string? LastLine(TimeSpan patience)
    {
        reader.Join(patience);
        byte[] text;
        lock (gate)
        {
            var first = (int)(total % Kept);
            text = total <= Kept ? kept[..(int)total] : [.. kept[first..], .. kept[..first]];
        }
        for (var end = text.Length; end >= 0;)
        {
            var start = text.AsSpan(0, end).LastIndexOf((byte)'\n') + 1;
            if (PlainText.Of(text.AsSpan(start, end - start)) is { Length: > 0 } line) return line;
            end = start - 1;
        }
        return null;
    }

    private void Read(Stream stream)
    {
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = stream.Read(buffer)) > 0;)
                lock (gate)
                    for (var i = 0; i < read; i++)
                        kept[total++ % Kept] = buffer[i];
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // nobody is interested in it any more
        }
    }
}
