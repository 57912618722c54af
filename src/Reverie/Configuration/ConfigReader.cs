using Reverie.Torch.IO;

namespace Reverie.Configuration;

/// <summary>
/// Makes a <see cref="Config"/> from presets, a file and the command line. Whatever is wrong in them is told in one
/// line with its place, the nearest key and what is allowed. Thread-safe.
/// </summary>
public static class ConfigReader
{
    /// <summary>Puts the sources on top of each other.</summary>
    /// <exception cref="ReverieException">unknown preset or key, wrong value, keys that contradict</exception>
    public static ResolvedConfig Resolve(ConfigSources sources)
    {
        var values = new List<ConfigValue>();
        foreach (var preset in Presets.Complete(sources.Presets))
            values.AddRange(YamlValues.Read(Presets.Text(preset), $"preset {preset}")
                .Where(value => !Presets.IsOwn(preset) || !Settings.IsElsewhere(value.Key)));
        if (sources.File is { } file)
            values.AddRange(YamlValues.Read(TextOf(file), file));
        values.AddRange(sources.Overrides.Select(ConfigValue.From));
        Introduce(values);
        return Build(values);
    }

    /// <summary>Reads back the configuration that <see cref="ResolvedConfig.ToYaml"/> wrote.</summary>
    /// <exception cref="ReverieException">
    /// it cannot be read, or does not have every key: a run of another version, whose missing values nobody can know
    /// </exception>
    public static Config ReadResolved(string path)
    {
        var values = YamlValues.Read(TextOf(path), path);
        Introduce(values);
        // The run may have been made where other environments are; what they declare is theirs.
        var resolved = Build(values.Where(value => !Settings.IsElsewhere(value.Key)));
        var missing = Settings.All.Where(setting => !setting.IsDeclared && !setting.IsLater).Select(setting => setting.Key)
            .Except(values.Select(value => value.Key)).FirstOrDefault();
        return missing is null
            ? resolved.Config
            : throw new ConfigurationException(
                $"{path}: {missing} is missing; the run was made by another version of Reverie");
    }

    /// <summary>The agent that a file names, or null.</summary>
    /// <exception cref="ReverieException">it cannot be read</exception>
    internal static string? AgentIn(string file) =>
        YamlValues.Read(TextOf(file), file).LastOrDefault(value => value.Key == "agent") is { Words: [var agent] } ? agent : null;

    private static void Introduce(IEnumerable<ConfigValue> values)
    {
        if (values.LastOrDefault(value => value.Key == "task") is { Words: [var task] })
            foreach (var one in TaskNames.Of(task)) Settings.Introduce?.Invoke(one);
    }

    private static ResolvedConfig Build(IEnumerable<ConfigValue> values)
    {
        var config = new Config();
        var origins = Settings.All.ToDictionary(setting => setting.Key, _ => "default");
        foreach (var value in values)
        {
            var settings = Settings.Matching(value.Key);
            if (settings.Count == 0)
                throw new ConfigurationException(Unknown(value));
            foreach (var setting in settings)
            {
                setting.Set(config, setting.Parse(value.Words, value.IsList) ?? throw new ConfigurationException(
                    $"{value.Origin}: {setting.Key} = {value.Written}, but it must be {setting.Allowed}"));
                origins[setting.Key] = value.Origin;
            }
        }
        ConfigRules.Check(config, origins);
        return new ResolvedConfig(config, origins);
    }

    private static string Unknown(ConfigValue value) =>
        Settings.IsSection(value.Key)
            ? $"{value.Origin}: {value.Key} is a section; its keys are "
                + string.Join(", ", Settings.Matching(value.Key + ".*").Select(setting => setting.Key))
            : value.Key.Contains('*')
                ? $"{value.Origin}: no key matches {value.Key}{Settings.Hint(value.Key)}"
                : $"{value.Origin}: there is no key {value.Key}{Settings.Hint(value.Key)}";

    internal static string TextOf(string path)
    {
        try
        {
            using var reader = new StreamReader(new MemoryStream(Seal.OpenYaml(RegularFile.ReadAllBytes(path)).Text));
            return reader.ReadToEnd();
        }
        catch (InvalidDataException error)
        {
            throw new DataException($"{path}: {error.Message}; --set changes a value, and without its last line the file "
                + "is taken as it is", error);
        }
        catch (FileNotFoundException error)
        {
            throw new ConfigurationException($"{path}: there is no such file", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(error.Message.StartsWith(path, StringComparison.Ordinal) ? error.Message
                : $"{path}: cannot be read: {error.Message}", error);
        }
    }
}
