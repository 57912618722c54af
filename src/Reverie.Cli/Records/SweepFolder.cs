namespace Reverie.Cli.Records;

/// <summary>The folder of a sweep, as those know it who only find it.</summary>
internal static class SweepFolder
{
    /// <summary>Name of the file in it, by which it is known to be one.</summary>
    public const string Plan = "sweep.yaml";

    /// <summary>Whether a folder is that of a sweep.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Plan));
}
