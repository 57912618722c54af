namespace Reverie;

/// <summary>Files: a run, a checkpoint, episodes, a log or a recording that is missing, damaged, another one's or in use, or
/// a disk that refuses.</summary>
/// <remarks>The readers and writers of one file in <c>Reverie.Torch.IO</c> throw .NET's own
/// <see cref="InvalidDataException"/> and <see cref="IOException"/>.</remarks>
public sealed class DataException : ReverieException
{
    /// <summary>Makes the exception from the line to show.</summary>
    public DataException(string message) : base(message) { }

    /// <summary>As above, keeping the error behind it for the log.</summary>
    public DataException(string message, Exception? inner) : base(message, inner) { }
}
