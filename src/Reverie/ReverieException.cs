using Reverie.Torch.IO;

namespace Reverie;

/// <summary>
/// A mistake of the user's or of their machine, told in one line: what was wrong, where, and what to do. The command
/// line prints the message alone and exits with 1.
/// </summary>
public sealed class ReverieException : Exception
{
    /// <summary>Makes the exception from the line to show.</summary>
    public ReverieException(string message) : base(OneLine.Of(message)) { }

    /// <summary>As above, keeping the error behind it for the log.</summary>
    public ReverieException(string message, Exception inner) : base(OneLine.Of(message), inner) { }
}
