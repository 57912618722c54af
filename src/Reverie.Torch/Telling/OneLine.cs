namespace Reverie;

/// <summary>Messages as one line of bounded length: what somebody typed, or has in a file, may be megabytes, or hold
/// what a terminal obeys.</summary>
internal static class OneLine
{
    private const int Longest = 4000, Head = 3000, Tail = 900;

    /// <summary>The message, cut in its middle where it is long, without control characters.</summary>
    public static string Of(string message)
    {
        if (message.Length > Longest)
            message = $"{message[..Head]} … ({message.Length - Head - Tail} more letters) … {message[^Tail..]}";
        return string.Concat(message.ReplaceLineEndings(" ")
            .Select(letter => letter == '\t' ? ' ' : char.IsControl(letter) ? '\uFFFD' : letter));
    }
}
