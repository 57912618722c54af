namespace Reverie.Configuration;

/// <summary>
/// The settings of a run as they stand in its directory, for those who only look: a run of another version, whose keys
/// are others, can still be plotted. <see cref="ConfigReader.ReadResolved"/> is what runs go on by.
/// </summary>
public static class StoredSettings
{
    private const string File = "config.yaml";

    /// <summary>Values by key, as written; empty where the directory has no <c>config.yaml</c>.</summary>
    /// <exception cref="ReverieException">The file cannot be read, or is no configuration.</exception>
    public static IReadOnlyDictionary<string, string> Read(string directory)
    {
        string path = Path.Combine(directory, File);
        if (!System.IO.File.Exists(path))
            return new Dictionary<string, string>();
        var values = new Dictionary<string, string>();
        foreach (ConfigValue value in YamlValues.Read(ConfigReader.TextOf(path), path))
            values[value.Key] = value.Written;
        return values;
    }
}
