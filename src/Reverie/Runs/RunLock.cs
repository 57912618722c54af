using Reverie.Torch.IO;

namespace Reverie.Runs;

/// <summary>The lock of a run directory, and what was made to take it.</summary>
internal sealed class RunLock : IDisposable
{
    private const int Held = 11, HeldMac = 35, HeldWindows = unchecked((int)0x80070020);    // EWOULDBLOCK, sharing

    private readonly string path;
    private readonly IReadOnlyList<string> made;    // innermost first
    private FileStream? file;
    private bool fileIsNew, kept;

    private RunLock(string path, IReadOnlyList<string> made) => (this.path, this.made) = (path, made);

    /// <summary>Takes it.</summary>
    /// <param name="directory">The run directory; made where it is missing.</param>
    /// <param name="name">Name of the file.</param>
    /// <exception cref="DataException">Another process has it, or the directory cannot be written.</exception>
    public static RunLock Take(string directory, string name)
    {
        var taken = new RunLock(Path.Combine(directory, name), Missing(directory));
        try
        {
            Directory.CreateDirectory(directory);
            if (new FileInfo(taken.path) is { LinkTarget: { } target, Exists: false })
                throw new IOException($"{taken.path} is a link to {target}, which is not there");
            taken.fileIsNew = !Path.Exists(taken.path);
            if (!taken.fileIsNew)
                RegularFile.OpenRead(taken.path).Dispose();
            taken.file = new FileStream(taken.path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return taken;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            taken.Dispose();
            throw new DataException(error.HResult is Held or HeldMac or HeldWindows
                ? $"{directory}: another process works on this run; wait for it, or choose another --run"
                : $"{directory}: the run directory cannot be written: {Reason(directory, error)}", error);
        }
    }

    /// <summary>Notes that a run was begun: what was made for it stays.</summary>
    public void Keep() => kept = true;

    /// <summary>Lets other processes have it; where no run was begun, what was made to take it is removed.</summary>
    public void Dispose()
    {
        try
        {
            // While it is held: nobody else has it then.
            if (!kept && fileIsNew && file is not null)
                File.Delete(path);
            file?.Dispose();
            if (!kept)
                foreach (var directory in made.Where(Directory.Exists))
                    Directory.Delete(directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody has put something there meanwhile, which stays.
        }
    }

    private static string[] Missing(string directory)
    {
        var missing = new List<string>();
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        for (; path is not null && !Path.Exists(path); path = Path.GetDirectoryName(path))
            missing.Add(path);
        return [.. missing];
    }

    private static string Reason(string directory, Exception error) =>
        new DirectoryInfo(directory) is { LinkTarget: { } target, Exists: false }
            ? $"it is a link to {target}, which is not there"
            : File.Exists(directory) ? "it is a file, not a folder" : error.Message;
}
