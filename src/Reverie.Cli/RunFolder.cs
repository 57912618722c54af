using Reverie.Configuration;

namespace Reverie.Cli;

/// <summary>A run directory as the verbs find it.</summary>
internal static class RunFolder
{
    /// <summary>Name of the configuration in it.</summary>
    public const string ConfigFile = "config.yaml";

    /// <summary>The configuration that the run was started with.</summary>
    /// <exception cref="ReverieException">the folder is no run, or of another version</exception>
    public static Config ConfigOf(string run)
    {
        var path = Path.Combine(run, ConfigFile);
        if (File.Exists(path))
            return ConfigReader.ReadResolved(path);
        throw new ReverieException(Directory.Exists(run)
            ? $"{run}: this is no run: it has no {ConfigFile}"
            : $"{run}: there is no such run{Others(run)}");
    }

    private static string Others(string run)
    {
        var room = Path.GetDirectoryName(Path.GetFullPath(run));
        if (room is null || !Directory.Exists(room))
            return "; `reverie train` makes one";
        var names = Directory.GetDirectories(room).Where(path => File.Exists(Path.Combine(path, ConfigFile)))
            .Select(path => Path.GetFileName(path)).ToArray();
        return names.Length > 0 ? NearestName.Hint(Path.GetFileName(run), names) : "; `reverie train` makes one";
    }
}
