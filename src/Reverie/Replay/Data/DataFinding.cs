namespace Reverie.Replay.Data;

/// <summary>Something to know about a folder of episodes.</summary>
/// <param name="IsError">Whether nothing can be learned from the folder until it is mended.</param>
/// <param name="File">The file's name; empty where it concerns all.</param>
/// <param name="Key">The array in it; empty where it concerns all.</param>
/// <param name="Row">The first row where it shows; null where it concerns all.</param>
/// <param name="What">What is wrong, and what to do.</param>
public sealed record DataFinding(bool IsError, string File, string Key, int? Row, string What)
{
    /// <summary>One line.</summary>
    public override string ToString() => string.Join(": ", new[]
    {
        IsError ? "error" : "warning", File,
        string.Join(", ", new[] { Key.Length > 0 ? $"'{Key}'" : "", Row is { } row ? $"row {row}" : "" }
            .Where(part => part.Length > 0)),
        What,
    }.Where(part => part.Length > 0));
}
