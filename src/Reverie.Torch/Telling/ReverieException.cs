namespace Reverie;

/// <summary>
/// What went wrong, told in one line: what it was, where, and what to do. All that this library throws on purpose is one of
/// its kinds: <see cref="ConfigurationException"/>, <see cref="DataException"/>, <see cref="EnvironmentException"/>,
/// <see cref="NativeException"/>, <see cref="NotFiniteException"/>. Wrong calls throw .NET's own
/// <see cref="ArgumentException"/> and <see cref="InvalidOperationException"/>.
/// </summary>
/// <remarks>The command line prints the message alone and exits with 1. Programs and environments may throw one of no
/// kind.</remarks>
public class ReverieException : Exception
{
    /// <summary>Makes the exception from the line to show.</summary>
    public ReverieException(string message) : base(OneLine.Of(message)) { }

    /// <summary>As above, keeping the error behind it for the log.</summary>
    public ReverieException(string message, Exception? inner) : base(OneLine.Of(message), inner) { }
}
