using System.Text;

namespace Reverie.Configuration;

/// <summary>A configuration and where each of its values came from.</summary>
/// <param name="Config">the configuration</param>
/// <param name="Origins">
/// key → <c>default</c>, <c>preset NAME:line</c>, <c>FILE:line</c> or the option of the command line
/// </param>
public sealed record ResolvedConfig(Config Config, IReadOnlyDictionary<string, string> Origins)
{
    /// <summary>
    /// The whole configuration as YAML, every key in it, with the origin of its value as a comment (for a default, the
    /// source of the default). <see cref="ConfigReader.ReadResolved"/> reads it back to an equal one.
    /// </summary>
    public string ToYaml()
    {
        var yaml = new StringBuilder();
        string[] open = [];
        foreach (var setting in Settings.All)
        {
            var path = setting.Key.Split('.');
            var shared = open.Zip(path[..^1]).TakeWhile(pair => pair.First == pair.Second).Count();
            for (var depth = shared; depth < path.Length - 1; depth++)
                yaml.Append(' ', 2 * depth).Append(path[depth]).Append(":\n");
            open = path[..^1];
            yaml.Append(' ', 2 * open.Length).Append($"{path[^1]}: {Scalar(setting)}  # {OriginOf(setting)}\n");
        }
        return yaml.ToString();
    }

    private string OriginOf(Setting setting) =>
        Origins.GetValueOrDefault(setting.Key, "default") is var origin && origin == "default" ? $"default ({setting.Source})" : origin;

    private string Scalar(Setting setting)
    {
        var text = setting.Format(setting.Get(Config));
        // Only words of the user's (a task, a device) can hold what YAML would take for something else.
        return setting.Type == typeof(string) && !IsPlain(text) ? $"'{text.Replace("'", "''")}'" : text;
    }

    private static bool IsPlain(string word) => word.Length > 0 && char.IsAsciiLetterLower(word[0])
        && word.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');
}
