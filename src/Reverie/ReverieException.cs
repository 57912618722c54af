namespace Reverie;

/// <summary>
/// A mistake of the user's or of their machine, told in one line: what was wrong, where, and what to do. The command
/// line prints the message alone and exits with 1.
/// </summary>
public sealed class ReverieException : Exception
{
    private const int Longest = 4000, Head = 3000, Tail = 900;

    /// <summary>Makes the exception from the line to show.</summary>
    public ReverieException(string message) : base(OneLine(message)) { }

    /// <summary>As above, keeping the error behind it for the log.</summary>
    public ReverieException(string message, Exception inner) : base(OneLine(message), inner) { }

    // What somebody typed, or has in a file, may be megabytes, or hold what a terminal obeys.
    private static string OneLine(string message)
    {
        if (message.Length > Longest)
            message = $"{message[..Head]} … ({message.Length - Head - Tail} more letters) … {message[^Tail..]}";
        return string.Concat(message.ReplaceLineEndings(" ")
            .Select(letter => letter == '\t' ? ' ' : char.IsControl(letter) ? '\uFFFD' : letter));
    }
}
