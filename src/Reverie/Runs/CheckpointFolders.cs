using System.Globalization;
using Reverie.Torch.IO;

namespace Reverie.Runs;

/// <summary>The folders that the checkpoints of a run are in, named by the updates before each; beside them what is being
/// replaced (<c>.old</c>) and what was found damaged (<c>.damaged</c>).</summary>
internal static class CheckpointFolders
{
    private const string OldSuffix = ".old", DamagedSuffix = ".damaged";

    /// <summary>Folder of the checkpoint made after that many updates.</summary>
    public static string PathOf(string directory, long updates) => Path.Combine(directory, $"{updates:D9}");

    /// <summary>Updates before the newest checkpoint; null where there is none.</summary>
    public static long? NewestUpdates(string directory) => Directory.Exists(directory)
        && List(directory).LastOrDefault() is { } newest
            ? long.Parse(Path.GetFileName(newest), CultureInfo.InvariantCulture) : null;

    /// <summary>Makes the checkpoint after that many updates the newest: one that was being replaced when the process
    /// died is put back, and later ones, which are damaged, are kept under another name. For the owner of the run alone:
    /// beside a process at work it would disturb a replacement that goes well.</summary>
    /// <param name="directory">The run's <c>checkpoints</c>.</param>
    /// <param name="updates">Updates of the checkpoint that the run goes on from; null where there is none.</param>
    /// <exception cref="DataException">The directory cannot be written.</exception>
    public static void Settle(string directory, long? updates)
    {
        if (!Directory.Exists(directory)) return;
        try
        {
            foreach (var leftover in Directory.GetDirectories(directory, "*" + OldSuffix))
                AtomicFile.RecoverDirectory(leftover[..^OldSuffix.Length]);
            foreach (var later in List(directory))
                if (updates is null || string.CompareOrdinal(later, PathOf(directory, updates.Value)) > 0)
                    SetAside(later, FreeName(later));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{directory}: cannot be written: {error.Message}", error);
        }
    }

    /// <summary>All of them, the oldest first. Files and links of such a name, too: they stand where a checkpoint should, and
    /// are damaged ones.</summary>
    public static IReadOnlyList<string> List(string directory) => Directory.GetFileSystemEntries(directory)
        .Where(path => Path.GetFileName(path).All(char.IsAsciiDigit)).Order(StringComparer.Ordinal).ToArray();

    /// <summary>The same, with those that were being replaced by one that did not arrive.</summary>
    /// <exception cref="DataException">The directory cannot be read.</exception>
    public static IReadOnlyList<string> Candidates(string directory)
    {
        if (!Path.Exists(directory)) return [];
        try
        {
            var whole = List(directory);
            return [.. Directory.GetDirectories(directory, "*" + OldSuffix)
                .Where(path => Path.GetFileName(path)[..^OldSuffix.Length].All(char.IsAsciiDigit)
                    && !whole.Contains(path[..^OldSuffix.Length]))
                .Concat(whole).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{directory}: cannot be read: {error.Message}", error);
        }
    }

    private static void SetAside(string path, string to)
    {
        if (Directory.Exists(path))
            Directory.Move(path, to);
        else if (File.Exists(path))
            File.Move(path, to);
        else
            File.Delete(path);      // a link to nothing, which holds nothing
    }

    private static string FreeName(string path) => Enumerable.Range(1, int.MaxValue)
        .Select(n => (n == 1 ? path : $"{path}.{n}") + DamagedSuffix).First(name => !Path.Exists(name));
}
