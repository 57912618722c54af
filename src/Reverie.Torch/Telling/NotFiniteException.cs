namespace Reverie;

/// <summary>A number that is none came out where it would spoil all that follows: a loss, a gradient, an action, a
/// measurement.</summary>
public sealed class NotFiniteException : ReverieException
{
    /// <summary>Makes the exception from the line to show.</summary>
    public NotFiniteException(string message) : base(message) { }

    /// <summary>As above, keeping the error behind it for the log.</summary>
    public NotFiniteException(string message, Exception? inner) : base(message, inner) { }
}
