namespace Reverie;

/// <summary>Settings that do not stand: a key that is unknown, a value out of range or of the wrong type, keys that
/// contradict each other, a task or preset that nobody knows, or what this machine cannot do.</summary>
public sealed class ConfigurationException : ReverieException
{
    /// <summary>Makes the exception from the line to show.</summary>
    public ConfigurationException(string message) : base(message) { }

    /// <summary>As above, keeping the error behind it for the log.</summary>
    public ConfigurationException(string message, Exception? inner) : base(message, inner) { }
}
