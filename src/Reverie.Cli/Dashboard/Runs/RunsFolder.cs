using Reverie.Torch.IO;

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

    /// <summary>Opens a file that another process may be writing, replacing or deleting: a regular one that really
    /// lies in the folder.</summary>
    /// <param name="path">A path in the folder; where its links lead is looked at in what was opened.</param>
    /// <param name="atMost">Bytes that it may have.</param>
    /// <exception cref="IOException">It is gone, none of these, or too large.</exception>
    public FileStream Open(string path, long atMost)
    {
        var file = RegularFile.OpenRead(path, atMost);
        // Of what was opened, and not of the name, which somebody may change meanwhile.
        var opened = $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}";
        var real = new FileInfo(opened).LinkTarget ?? RealPath(path);
        if (real is not null && Holds(real))
            return file;
        file.Dispose();
        throw new IOException($"{path}: leads out of the folder that is shown");
    }

    /// <summary>All bytes of a file, as <see cref="Open"/> opens it.</summary>
    /// <exception cref="IOException">It is gone, none of these, or too large.</exception>
    public byte[] ReadAllBytes(string path, long atMost)
    {
        using var file = Open(path, atMost);
        return RegularFile.ReadAllBytes(file, path, atMost);
    }

    /// <summary>Entries of a folder in it that do not lead out of it; none where there is no such folder.</summary>
    public IEnumerable<FileSystemInfo> Entries(string path)
    {
        if (RealPath(path) is not { } real || !Holds(real) || !Directory.Exists(real))
            return [];
        try
        {
            return [.. new DirectoryInfo(path).EnumerateFileSystemInfos().Where(IsInside)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];    // deleted meanwhile, or not ours to read
        }
    }

    /// <summary>Looks whether parts of a folder, and all that is in them, lie in here: before others read them, who
    /// follow links.</summary>
    /// <exception cref="ReverieException">One leads out.</exception>
    public void DemandInside(string path, params ReadOnlySpan<string> parts)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts)
            Demand(System.IO.Path.Combine(path, part), seen);
    }

    private void Demand(string path, HashSet<string> seen)
    {
        if (!System.IO.Path.Exists(path))
            return;
        if (RealPath(path) is not { } real || !Holds(real))
            throw new ReverieException($"{path}: leads out of the folder that is shown");
        // A link may lead to a folder above itself.
        if (seen.Add(real) && Directory.Exists(real))
            foreach (var entry in Directory.EnumerateFileSystemEntries(real))
                Demand(entry, seen);
    }

    /// <summary>A fault as the page says it: files are named as they are in the folder.</summary>
    public string Told(Exception fault) =>
        fault.Message.Replace(Path.TrimEnd('/') + '/', "", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private bool IsInside(FileSystemInfo entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint)
        || (RealPath(entry.FullName) is { } real && Holds(real));

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
