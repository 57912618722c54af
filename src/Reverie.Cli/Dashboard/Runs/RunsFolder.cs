namespace Reverie.Cli.Dashboard.Runs;

/// <summary>
/// The folder that is shown. Every path that is opened comes from here, and none leads out of the folder, neither by
/// its name nor by a symbolic link on the way.
/// </summary>
internal sealed class RunsFolder
{
    /// <summary>Opens it.</summary>
    /// <param name="path">A folder that exists; it may itself be reached by links.</param>
    public RunsFolder(string path) => Path = RealPath(System.IO.Path.GetFullPath(path))
        ?? throw new ReverieException($"{path}: its symbolic links lead nowhere");

    /// <summary>Its path, without links.</summary>
    public string Path { get; }

    /// <summary>The real path of something in it, or null where there is nothing or it lies outside.</summary>
    /// <param name="name">Path relative to the folder.</param>
    public string? Find(string name)
    {
        if (name.Contains('\0') || System.IO.Path.IsPathRooted(name))
            return null;
        var full = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, name));
        if (!Holds(full) || !System.IO.Path.Exists(full))
            return null;
        return RealPath(full) is { } real && Holds(real) && System.IO.Path.Exists(real) ? real : null;
    }

    /// <summary>Opens a file that another process may be writing, replacing or deleting.</summary>
    /// <param name="path">One that <see cref="Find"/> gave.</param>
    public static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private bool Holds(string path) =>
        path == Path || path.StartsWith(Path.TrimEnd('/') + '/', StringComparison.Ordinal);

    // The operating system resolves links in every part of a path, so every part is looked at; null for a circle.
    private static string? RealPath(string path)
    {
        const int MostLinks = 40;
        for (var links = 0; links < MostLinks; links++)
        {
            if (FirstLink(path) is not { } link)
                return path;
            var target = new FileInfo(link).LinkTarget!;
            var rest = path[link.Length..];
            path = System.IO.Path.GetFullPath(
                System.IO.Path.Combine(System.IO.Path.GetDirectoryName(link)!, target) + rest);
        }
        return null;
    }

    private static string? FirstLink(string path)
    {
        for (var end = 1; end <= path.Length; end++)
            if ((end == path.Length || path[end] == '/') && new FileInfo(path[..end]).LinkTarget is not null)
                return path[..end];
        return null;
    }
}
