namespace Reverie.Cli.Dashboard.Runs;

/// <summary>A picture or an animation in a run directory, opened.</summary>
/// <param name="Content">From its beginning; whoever takes it disposes it.</param>
/// <param name="Type">For the browser.</param>
internal sealed record FilmFile(FileStream Content, string Type)
{
    private const long Largest = 1L << 30;

    private static readonly (string Extension, string Type, byte[] Begin)[] Kinds =
        [(".gif", "image/gif", "GIF8"u8.ToArray()), (".png", "image/png", [0x89, .. "PNG\r\n\u001a\n"u8])];

    /// <summary>What a file of this name would be; null where it would be no picture.</summary>
    public static string? TypeOf(string name) => Kinds.FirstOrDefault(
        kind => kind.Extension == Path.GetExtension(name)).Type;

    /// <summary>Opens one.</summary>
    /// <exception cref="ReverieException">Its first bytes are those of no picture.</exception>
    /// <exception cref="IOException">It is none of the folder's regular files.</exception>
    public static FilmFile Open(RunsFolder folder, string path)
    {
        var (_, type, begin) = Kinds.First(kind => kind.Extension == Path.GetExtension(path));
        var file = folder.Open(path, Largest);
        var first = new byte[begin.Length];
        if (file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == begin.Length
            && first.AsSpan().SequenceEqual(begin))
        {
            file.Position = 0;
            return new(file, type);
        }
        file.Dispose();
        throw new ReverieException($"{Path.GetFileName(path)}: is damaged: it does not begin as {type} does");
    }
}
