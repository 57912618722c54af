namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What was read from files, until one of them changes.</summary>
internal sealed class Remembered<T>
{
    private (string Path, DateTime Written, long Length)[] stamps = [];
    private T? value;

    /// <summary>The value, read anew only where a file is not what it was.</summary>
    /// <param name="read">Reads it.</param>
    /// <param name="isWhole">Whether it is what the files hold; else it is read again, since what was in the way
    /// (rights, a lack of handles) may go without a trace in the files.</param>
    /// <param name="files">What it is read from.</param>
    public T Of(Func<T> read, Func<T, bool> isWhole, params ReadOnlySpan<string> files)
    {
        var now = new (string, DateTime, long)[files.Length];
        for (var i = 0; i < files.Length; i++)
            now[i] = new FileInfo(files[i]) is { Exists: true } file
                ? (files[i], file.LastWriteTimeUtc, file.Length)
                : (files[i], default, -1);
        if (stamps.Length == 0 || !now.AsSpan().SequenceEqual(stamps))
            (value, stamps) = (read(), now);
        if (!isWhole(value!))
            stamps = [];
        return value!;
    }
}
