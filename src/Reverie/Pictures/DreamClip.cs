namespace Reverie.Pictures;

/// <summary>What happened and what the model made of it: some frames seen, the rest imagined with the same actions.
/// </summary>
public sealed record DreamClip
{
    /// <summary>The environment's pictures, uint8 (T, H, W, 3).</summary>
    public required byte[] Truth { get; init; }

    /// <summary>The model's pictures, of the same shape: reconstructions first, then imagined ones.</summary>
    public required byte[] Model { get; init; }

    /// <summary>H, in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>W, in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>How many frames at the beginning the model has seen.</summary>
    public required int ContextFrames { get; init; }

    /// <summary>T.</summary>
    public int Count => Truth.Length / (Height * Width * 3);

    internal ReadOnlySpan<byte> TruthFrame(int t) => Truth.AsSpan(t * Size, Size);

    internal ReadOnlySpan<byte> ModelFrame(int t) => Model.AsSpan(t * Size, Size);

    /// <summary>(model − truth) / 2 about the middle grey: grey is no error.</summary>
    internal byte[] ErrorFrame(int t)
    {
        var error = new byte[Size];
        for (int i = 0; i < Size; i++)
            error[i] = (byte)((255 + Model[t * Size + i] - Truth[t * Size + i] + 1) / 2);
        return error;
    }

    /// <summary>Root mean square error of a frame, in levels of 0 to 255.</summary>
    internal double RootMeanSquare(int t)
    {
        double sum = 0;
        for (int i = t * Size; i < (t + 1) * Size; i++)
            sum += (Model[i] - Truth[i]) * (double)(Model[i] - Truth[i]);
        return Math.Sqrt(sum / Size);
    }

    internal void Check()
    {
        if (Height < 1 || Width < 1 || Truth.Length == 0 || Truth.Length % Size != 0 || Model.Length != Truth.Length)
            throw new ArgumentException(
                $"truth ({Truth.Length} bytes) and model ({Model.Length}) are not (T, {Height}, {Width}, 3) alike");
        if (ContextFrames < 0 || ContextFrames > Count)
            throw new ArgumentException($"{ContextFrames} context frames of {Count}");
    }

    private int Size => Height * Width * 3;
}
