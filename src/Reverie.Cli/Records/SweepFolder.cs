using Reverie.Runs;

namespace Reverie.Cli.Records;

/// <summary>The folder of a sweep, as those know it who only find it.</summary>
internal static class SweepFolder
{
    /// <summary>Name of the file in it, by which it is known to be one.</summary>
    public const string Plan = "sweep.yaml";

    /// <summary>Whether a folder is that of a sweep.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Plan));

    /// <summary>The runs in it, whatever version made them; any other folder is a run itself.</summary>
    public static IEnumerable<string> RunsIn(string folder) => !IsIn(folder) ? [folder]
        : Directory.GetDirectories(folder).Where(run => File.Exists(Path.Combine(run, RunDirectory.ConfigFile)))
            .Order(StringComparer.Ordinal);

    /// <summary>Those in several folders, each once, however its path was written.</summary>
    public static IEnumerable<string> RunsInAll(IEnumerable<string> folders) =>
        folders.SelectMany(folder => RunsIn(folder))
            .DistinctBy(run => Path.TrimEndingDirectorySeparator(Path.GetFullPath(run)), StringComparer.Ordinal);
}
