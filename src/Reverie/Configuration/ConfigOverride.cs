namespace Reverie.Configuration;

/// <summary>One value from the command line.</summary>
/// <param name="Key">a key, or several where it has <c>*</c></param>
/// <param name="Value">the value as typed</param>
/// <param name="Origin">the option it came from, for messages and for the written configuration</param>
public sealed record ConfigOverride(string Key, string Value, string Origin)
{
    /// <summary>Reads <c>key=value</c> of <c>--set</c>.</summary>
    /// <exception cref="ConfigurationException">there is no <c>=</c> in it</exception>
    public static ConfigOverride Parse(string text)
    {
        var at = text.IndexOf('=');
        return at > 0
            ? new ConfigOverride(text[..at].Trim(), text[(at + 1)..].Trim(), "--set")
            : throw new ConfigurationException($"--set {text}: write it as key=value, for example --set model.deter=200");
    }
}
