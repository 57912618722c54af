namespace Reverie;

/// <summary>An environment that crashed, hangs, breaks its contract, or is none that can be learned or played.</summary>
public sealed class EnvironmentException : ReverieException
{
    /// <summary>Makes the exception from the line to show.</summary>
    public EnvironmentException(string message) : base(message) { }

    /// <summary>As above, keeping the error behind it for the log.</summary>
    public EnvironmentException(string message, Exception? inner) : base(message, inner) { }
}
