using Reverie.Torch.Native;

namespace Reverie.Torch.IO;

/// <summary>
/// Durable writes: beside the target, flushed to the disk, then renamed. Whatever happens on the way, the target is
/// either the old one or the whole new one.
/// </summary>
public static class AtomicFile
{
    /// <summary>Suffix of what is being written; a leftover of it is worthless and may be removed.</summary>
    public const string PartialSuffix = ".partial";

    private const string OldSuffix = ".old";

    /// <summary>Writes the file <paramref name="path"/> through <paramref name="write"/>; where that is a symbolic link, the file that
    /// it leads to.</summary>
    /// <exception cref="IOException">The disk is full or refuses; one line that names the file.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        var partial = target + PartialSuffix;
        Guarded(path, () => File.Delete(partial), () =>
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(partial, target, overwrite: true);
            DirectorySync.Flush(ParentOf(target));
        });
    }

    /// <summary>
    /// Writes the directory <paramref name="path"/>: <paramref name="write"/> is given an empty directory to fill.
    /// A directory already there is replaced; a crash between the two renames leaves it as <c>path.old</c>, which
    /// <see cref="RecoverDirectory"/> puts back.
    /// </summary>
    /// <exception cref="IOException">The disk is full or refuses; one line that names the directory.</exception>
    public static void WriteDirectory(string path, Action<string> write)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        var partial = path + PartialSuffix;
        Guarded(path, () => DeleteDirectory(partial), () =>
        {
            DeleteDirectory(partial);
            Directory.CreateDirectory(partial);
            write(partial);
            FlushTree(partial);
            RecoverDirectory(path);
            if (Directory.Exists(path))
            {
                Directory.Move(path, path + OldSuffix);
            }
            Directory.Move(partial, path);
            DirectorySync.Flush(ParentOf(path));
            DeleteDirectory(path + OldSuffix);
        });
    }

    /// <summary>Writes the directory <paramref name="path"/>, which must be new, where its neighbours are somebody else's: nothing
    /// beside it is touched, whatever it is called.</summary>
    /// <exception cref="IOException">It is there already, or the disk is full or refuses; one line that names the
    /// directory.</exception>
    internal static void WriteNewDirectory(string path, Action<string> write)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        var partial = UniquePartial(path);
        Guarded(path, () => DeleteDirectory(partial), () =>
        {
            Directory.CreateDirectory(partial);
            write(partial);
            FlushTree(partial);
            Directory.Move(partial, path);
            DirectorySync.Flush(ParentOf(path));
        });
    }

    /// <summary>Writes files that belong together: each comes into its place when all are whole on the disk, so that a disk that
    /// is full or refuses leaves those that were there.</summary>
    /// <exception cref="IOException">The disk is full or refuses; one line that names the file.</exception>
    internal static void WriteTogether(IReadOnlyList<(string Path, byte[] Bytes)> files)
    {
        string[] partials = [.. files.Select(file => UniquePartial(file.Path))];
        for (var i = 0; i < 2 * files.Count; i++)
        {
            var (moves, (path, bytes), partial) = (i >= files.Count, files[i % files.Count], partials[i % files.Count]);
            Guarded(path, () => Array.ForEach(partials, File.Delete), () =>
            {
                if (moves)
                {
                    File.Move(partial, path, overwrite: true);
                    DirectorySync.Flush(ParentOf(path));
                    return;
                }
                using var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None);
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            });
        }
    }

    /// <summary>Finishes what a crash inside <see cref="WriteDirectory"/> left: the old directory is put back where
    /// the new one had not arrived, and removed where it had.</summary>
    public static void RecoverDirectory(string path)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        var old = path + OldSuffix;
        if (!Directory.Exists(old))
        {
            return;
        }
        if (Directory.Exists(path))
        {
            DeleteDirectory(old);
        }
        else
        {
            Directory.Move(old, path);
        }
    }

    private static void Guarded(string path, Action cleanUp, Action work)
    {
        try
        {
            work();
        }
        catch (Exception error)
        {
            try
            {
                cleanUp();
            }
            catch (Exception second) when (second is IOException or UnauthorizedAccessException)
            {
                // What cannot be removed stays as *.partial, which nobody reads.
            }
            if (DiskErrors.Describe(path, error) is { } line)
            {
                throw new IOException(line, error);
            }
            throw;
        }
    }

    private static void FlushTree(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }
        foreach (var inner in Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories))
        {
            DirectorySync.Flush(inner);
        }
        DirectorySync.Flush(directory);
    }

    private static void DeleteDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static string UniquePartial(string path) => $"{path}.{Path.GetRandomFileName()}{PartialSuffix}";

    private static string ParentOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
}
