namespace Reverie.Torch.Ranks;

/// <summary>A rank that the others wait for is gone. Which one it is, <see cref="RankWatch"/> knows a little later.</summary>
internal sealed class RankLostException : NativeException
{
    /// <summary>Makes the exception from the line to show.</summary>
    public RankLostException(string message, Exception? inner) : base(message, inner)
    {
    }

    /// <summary>Whether an error is this one, or comes from it.</summary>
    public static bool IsBehind(Exception? error) => error is not null && (error is RankLostException || IsBehind(error.InnerException));
}
