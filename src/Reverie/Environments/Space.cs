namespace Reverie.Environments;

/// <summary>What an observation or an action may be.</summary>
public abstract record Space;

/// <summary>A picture: uint8, rows from top to bottom, (Height, Width, Channels).</summary>
public sealed record ImageSpace(int Height = 64, int Width = 64, int Channels = 3) : Space
{
    /// <summary>Several pictures of this size whose channels lie one after the other, by name; empty where there is but
    /// one. Channels that a stack has more are those of older pictures, in the same order.</summary>
    public IReadOnlyList<ImageView> Views { get; init; } = [];

    /// <summary>Bytes of one picture.</summary>
    public int Size => Height * Width * Channels;

    /// <summary>The picture that <see cref="ToRgb"/> makes: three channels, <see cref="Views"/> side by side.</summary>
    public ImageSpace ToShown() => new(Height, Width * Math.Max(1, Views.Count));

    /// <summary>Same size, and same views in the same order.</summary>
    public bool Equals(ImageSpace? other) => other is not null
        && (Height, Width, Channels) == (other.Height, other.Width, other.Channels) && Views.SequenceEqual(other.Views);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Height, Width, Channels);

    /// <summary>Pictures for people to look at, uint8 (N, H, W, 3): the first three channels, which of a stack are the
    /// newest picture's where it has colours; fewer than three as grey. <see cref="Views"/> lie side by side, so that W
    /// is as many times larger.</summary>
    /// <param name="pictures">(N, H, W, C). Returned itself where C is 3, without views.</param>
    public byte[] ToRgb(byte[] pictures)
    {
        if (Views.Count > 0)
            return SideBySide(pictures);
        if (Channels == 3)
            return pictures;
        var rgb = new byte[pictures.Length / Channels * 3];
        for (var i = 0; i < rgb.Length; i++)
            rgb[i] = pictures[i / 3 * Channels + (Channels < 3 ? 0 : i % 3)];
        return rgb;
    }

    /// <inheritdoc/>
    public override string ToString() => $"Image[{Height}, {Width}, {Channels}"
        + (Views.Count == 0 ? "]" : $": {string.Join(", ", Views.Select(view => $"{view.Name} {view.Channels}"))}]");

    private byte[] SideBySide(byte[] pictures)
    {
        var (rows, shown, from) = (pictures.Length / (Width * Channels), new byte[pictures.Length / Channels * Views.Count * 3], 0);
        for (var v = 0; v < Views.Count; from += Views[v].Channels, v++)
            for (var y = 0; y < rows; y++)
                for (var x = 0; x < Width; x++)
                    for (var i = 0; i < 3; i++)
                        shown[((y * Views.Count + v) * Width + x) * 3 + i] =
                            pictures[(y * Width + x) * Channels + from + (Views[v].Channels < 3 ? 0 : i)];
        return shown;
    }
}

/// <summary>A vector of floats, each between its bounds (both included; infinite bounds are allowed).</summary>
public sealed record BoxSpace(IReadOnlyList<float> Low, IReadOnlyList<float> High) : Space
{
    /// <summary>Number of entries.</summary>
    public int Size => Low.Count;

    /// <summary>A box of <paramref name="size"/> entries with the same bounds.</summary>
    public static BoxSpace Uniform(int size, float low, float high) =>
        new(Enumerable.Repeat(low, size).ToArray(), Enumerable.Repeat(high, size).ToArray());

    /// <summary>Same size and same bounds.</summary>
    public bool Equals(BoxSpace? other) =>
        other is not null && Low.SequenceEqual(other.Low) && High.SequenceEqual(other.High);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Size, Low.FirstOrDefault(), High.FirstOrDefault());

    /// <inheritdoc/>
    public override string ToString() => $"Box[{Size}]";
}

/// <summary>One of <paramref name="Count"/> choices, passed as a one-hot vector of floats: 1 at the choice, 0
/// elsewhere.
/// </summary>
public sealed record DiscreteSpace(int Count) : Space
{
    /// <summary>Whether rows say which of them may be chosen next, in <see cref="TimeStep.ActionMask"/>.</summary>
    public bool IsMasked { get; init; }

    /// <summary>The vector that stands for a choice from 0 to Count − 1.</summary>
    public float[] OneHot(int choice)
    {
        var action = new float[Count];
        action[choice] = 1;
        return action;
    }

    /// <summary>The choice that a vector stands for.</summary>
    /// <exception cref="ArgumentException">It is no one-hot vector of this size.</exception>
    public int Choice(ReadOnlySpan<float> action) => action.Length == Count && IsOneHot(action)
        ? action.IndexOf(1f)
        : throw new ArgumentException($"[{string.Join(", ", action.ToArray())}] is not one of {Count} choices, one-hot",
            nameof(action));

    /// <summary>Whether a vector is 1 in one place and 0 in all others.</summary>
    public static bool IsOneHot(ReadOnlySpan<float> action) =>
        action.Count(1f) == 1 && action.Count(0f) == action.Length - 1;

    /// <inheritdoc/>
    public override string ToString() => $"Discrete[{Count}{(IsMasked ? ", masked" : "")}]";
}

/// <summary>Several actions at once, each decided by itself: choices, and continuous ones together with them. The vector
/// has theirs one after the other.</summary>
/// <param name="Groups">Each a <see cref="DiscreteSpace"/> or a <see cref="BoxSpace"/>.</param>
public sealed record GroupedSpace(params IReadOnlyList<Space> Groups) : Space
{
    /// <summary>Same groups in the same order.</summary>
    public bool Equals(GroupedSpace? other) => other is not null && Groups.SequenceEqual(other.Groups);

    /// <inheritdoc/>
    public override int GetHashCode() => Groups.Aggregate(Groups.Count, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(" and ", Groups);
}

/// <summary>A picture and a vector at once.</summary>
public sealed record MixedSpace(ImageSpace Image, BoxSpace Vector) : Space
{
    /// <inheritdoc/>
    public override string ToString() => $"{Image} and {Vector}";
}
