using System.Globalization;
using Reverie.Torch.IO;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>
/// Which runs a process holds the lock of, asked of the kernel. Trying the lock would tell as much, but for an instant
/// it would keep the run's owner out.
/// </summary>
internal sealed class RunningRuns
{
    private const string LockFile = "/run.lock", Locks = "/proc/locks", Inode = "ino:";

    private readonly HashSet<string> held = new(StringComparer.Ordinal);
    private readonly HashSet<string> hidden = new(StringComparer.Ordinal);    // inodes that others' processes have locked
    private readonly bool told = true;

    private RunningRuns(string locks, string processes)
    {
        try
        {
            foreach (var holder in File.ReadLines(locks).Select(Holder).OfType<(int Process, string Inode)>())
                if (OpenFiles($"{processes}/{holder.Process}/fd") is not { } files)
                    hidden.Add(holder.Inode);
                else
                    foreach (var file in files.Where(file => file.EndsWith(LockFile, StringComparison.Ordinal)))
                        held.Add(file[..^LockFile.Length]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
        {
            told = false;
        }
    }

    /// <summary>Looks at the locks and the processes of this machine.</summary>
    /// <param name="locks">The kernel's list of locks.</param>
    /// <param name="processes">The folder with a folder of each process.</param>
    public static RunningRuns Find(string locks = Locks, string processes = "/proc") => new(locks, processes);

    /// <summary>Whether a process of this machine works on a run; null where the kernel does not say, or where a process
    /// of another user may be the one.</summary>
    /// <param name="path">Its real path.</param>
    public bool? WorkOn(string path) =>
        held.Contains(path) ? true : !told || (hidden.Count > 0 && MayBeHidden(path + LockFile)) ? null : false;

    // Lines such as `3: FLOCK  ADVISORY  WRITE 7261 fd:00:3932181 0 EOF`.
    private static (int Process, string Inode)? Holder(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, "FLOCK", _, "WRITE", var process, var file, ..]
            ? (int.Parse(process, CultureInfo.InvariantCulture), file[(file.LastIndexOf(':') + 1)..])
            : null;

    // Null where they may not be looked at, or the process itself is hidden, or ended meanwhile.
    private static string[]? OpenFiles(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Select(link => new FileInfo(link).LinkTarget).OfType<string>()];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Its inode stands beside the open file; kernels before 5.14 do not say, and it may be any then.
    private bool MayBeHidden(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            using var file = RegularFile.OpenRead(path);
            var line = File.ReadLines($"/proc/self/fdinfo/{file.SafeFileHandle.DangerousGetHandle()}")
                .FirstOrDefault(line => line.StartsWith(Inode, StringComparison.Ordinal));
            return line is null || hidden.Contains(line[Inode.Length..].Trim());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
