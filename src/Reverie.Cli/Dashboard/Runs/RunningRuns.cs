using System.Globalization;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>
/// Which runs a process holds the lock of, asked of the kernel. Trying the lock would tell as much, but for an instant
/// it would keep the run's owner out.
/// </summary>
internal static class RunningRuns
{
    private const string LockFile = "/run.lock", Locks = "/proc/locks";

    /// <summary>Real paths of the runs that processes of this machine work on; null where not all of its processes may
    /// be looked at.</summary>
    public static HashSet<string>? Find()
    {
        try
        {
            return
            [
                .. HoldersOfLocks().SelectMany(OpenFiles)
                    .Where(file => file.EndsWith(LockFile, StringComparison.Ordinal))
                    .Select(file => file[..^LockFile.Length]),
            ];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    // Lines such as `3: FLOCK  ADVISORY  WRITE 7261 fd:00:3932181 0 EOF`.
    private static IEnumerable<int> HoldersOfLocks() =>
        File.ReadLines(Locks).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is [_, "FLOCK", _, "WRITE", _, ..])
            .Select(words => int.Parse(words[4], CultureInfo.InvariantCulture)).Distinct();

    private static IEnumerable<string> OpenFiles(int process)
    {
        try
        {
            return [.. Directory.EnumerateFiles($"/proc/{process}/fd").Select(link => new FileInfo(link).LinkTarget)
                .OfType<string>()];
        }
        catch (Exception fault) when (fault is DirectoryNotFoundException or FileNotFoundException)
        {
            return [];    // it ended meanwhile
        }
    }
}
