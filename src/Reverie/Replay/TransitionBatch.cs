namespace Reverie.Replay;

/// <summary>
/// Transitions of N decisions, N = L − 1, read from a batch of chunks: what was seen and done, what it brought, and what was
/// seen then. Each chunk gives one, that of its first row.
/// </summary>
/// <remarks><code>
/// row of a chunk      0          1          2       …      N          action[k] led to o[k] and reward[k]
/// transition       o, first   action                     o then
/// return                        r_1  +   γ r_2  +  …  +  γ^(N−1) r_N        discount γ^N, 0 where row N is a true end
/// </code>
/// Where the episode is over at row n &lt; N, the return ends there and o[n] is what was seen then: a time limit leaves the
/// discount γ^n, a true end makes it 0 (I-29). A chunk that begins with the last row of an episode has no decision in it: its
/// weight is 0.</remarks>
/// <param name="layout">What a row is made of.</param>
/// <param name="count">Transitions, B.</param>
public sealed class TransitionBatch(EpisodeLayout layout, int count)
{
    /// <summary>What a row is made of.</summary>
    public EpisodeLayout Layout { get; } = layout;

    /// <summary>Transitions, B.</summary>
    public int Count { get; } = count;

    /// <summary>uint8 (2, B, H, W, C): pictures before, then those after; empty where there are none.</summary>
    public byte[] Image { get; } = new byte[checked(2 * count * layout.ImageSize)];

    /// <summary>(2, B, V): vectors before, then those after; empty where there are none.</summary>
    public float[] Vector { get; } = new float[2 * count * layout.VectorSize];

    /// <summary>(B, A): what was done first.</summary>
    public float[] Action { get; } = new float[count * layout.ActionSize];

    /// <summary>(B): rewards up to what was seen then, discounted and summed.</summary>
    public float[] Return { get; } = new float[count];

    /// <summary>(B): what a value of what was seen then counts.</summary>
    public float[] Discount { get; } = new float[count];

    /// <summary>(B): what a transition counts in a mean over them; 0 for none.</summary>
    public float[] Weight { get; } = new float[count];

    /// <summary>Reads them.</summary>
    /// <param name="chunks">B chunks of at least 2 rows, of the same layout.</param>
    /// <param name="discount">γ.</param>
    /// <exception cref="ArgumentException">The chunks are not of that make.</exception>
    public void Take(SequenceBatch chunks, double discount)
    {
        if (chunks.B != Count || chunks.L < 2 || chunks.Layout != Layout)
            throw new ArgumentException($"{chunks.B} chunks of {chunks.L} rows of {chunks.Layout} where {Count} of at least 2 "
                + $"of {Layout} are due", nameof(chunks));
        for (var b = 0; b < Count; b++)
        {
            var (sum, factor, row) = (0.0, 1.0, 0);
            while (row < chunks.L - 1 && !chunks.IsLast[At(row)])
            {
                row++;
                sum += factor * chunks.Reward[At(row)];
                factor *= discount;
            }
            (Return[b], Weight[b]) = ((float)sum, row == 0 ? 0 : chunks.Weights[b]);
            Discount[b] = chunks.IsTerminal[At(row)] ? 0 : (float)factor;
            Copy(chunks.Action, At(Math.Min(1, row)), Action, b, Layout.ActionSize);
            See(At(0), b);
            See(At(row), Count + b);

            int At(int t) => t * chunks.B + b;
        }

        void See(int from, int to)
        {
            Copy(chunks.Vector, from, Vector, to, Layout.VectorSize);
            Copy(chunks.Image, from, Image, to, Layout.ImageSize);
        }
    }

    private static void Copy<T>(T[] source, int from, T[] target, int to, int size) =>
        source.AsSpan(from * size, size).CopyTo(target.AsSpan(to * size));
}
