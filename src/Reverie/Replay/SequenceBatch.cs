using Reverie.Environments;
using Reverie.Torch;

namespace Reverie.Replay;

/// <summary>
/// B chunks of L rows, time-major: row t of chunk b stands at t·B + b. Flags are those recorded: a chunk that begins
/// inside an episode has is_first = false on its first row, and the model starts it from the zero state.
/// </summary>
/// <remarks>Filled by <see cref="ReplayBuffer"/>; the next draw into the same batch overwrites it.</remarks>
public sealed class SequenceBatch
{
    /// <summary>Makes an empty batch.</summary>
    /// <param name="layout">What a row is made of.</param>
    /// <param name="length">Rows in a chunk, L.</param>
    /// <param name="batch">Chunks, B.</param>
    /// <param name="latents">What latents are made of, where the replay keeps them; null where it does not.</param>
    public SequenceBatch(EpisodeLayout layout, int length, int batch, LatentRows? latents = null)
    {
        (Layout, L, B) = (layout, length, batch);
        var n = checked(length * batch);
        Image = new byte[checked(n * layout.ImageSize)];
        Vector = new float[n * layout.VectorSize];
        Action = new float[n * layout.ActionSize];
        Mask = new bool[n * layout.MaskSize];
        (Reward, IsFirst, IsLast, IsTerminal) = (new float[n], new bool[n], new bool[n], new bool[n]);
        (Weights, Priorities) = (new float[batch], new float[batch]);
        Array.Fill(Weights, 1);
        if (latents is not null) (Context, Latents) = (new LatentChunk(latents, batch), new LatentChunk(latents, n));
    }

    /// <summary>What a row is made of.</summary>
    public EpisodeLayout Layout { get; }

    /// <summary>Rows in a chunk.</summary>
    public int L { get; }

    /// <summary>Chunks.</summary>
    public int B { get; }

    /// <summary>Height, width and channels of the pictures; null where there are none.</summary>
    public ImageSpace? ImageSpace => Layout.Image;

    /// <summary>Entries of the action.</summary>
    public int A => Layout.ActionSize;

    /// <summary>uint8 (L, B, H, W, C); empty where there are no pictures. Not filled where a device holds them; see
    /// <see cref="ReadPictures"/>.</summary>
    public byte[] Image { get; }

    /// <summary>The pictures on a device, uint8 (L·B, H, W, C); null where <see cref="Image"/> has them.</summary>
    internal Tensor? Pictures { get; private set; }

    /// <summary>(L, B, V); empty where there are no vectors.</summary>
    public float[] Vector { get; }

    /// <summary>(L, B, A); the action of row t led to row t.</summary>
    public float[] Action { get; }

    /// <summary>(L, B, A); what may be chosen after row t; empty where actions have no mask.</summary>
    public bool[] Mask { get; }

    /// <summary>(L, B); collected on the way to row t.</summary>
    public float[] Reward { get; }

    /// <summary>(L, B); true on the row of a reset.</summary>
    public bool[] IsFirst { get; }

    /// <summary>(L, B); true on the last row of an episode.</summary>
    public bool[] IsLast { get; }

    /// <summary>(L, B); true where the environment truly ended.</summary>
    public bool[] IsTerminal { get; }

    /// <summary>(B): the latent of the row before each chunk, which the replay fills: where a model starts from, unless the
    /// chunk's first row is that of a reset. Null where the replay keeps no latents.</summary>
    public LatentChunk? Context { get; }

    /// <summary>(L·B), row t of chunk b at t·B + b: the newest latents of the rows, which an update fills and the replay
    /// takes back. Null where the replay keeps no latents.</summary>
    public LatentChunk? Latents { get; }

    /// <summary>(B): what a chunk counts in a mean over them, where the replay draws by priorities; else 1.</summary>
    public float[] Weights { get; }

    /// <summary>(B): how much there was to be learned of each chunk, at least 0, which an update fills and a replay that draws by
    /// priorities takes back.</summary>
    public float[] Priorities { get; }

    /// <summary>Fills <see cref="Image"/> where only a device has the pictures.</summary>
    public void ReadPictures() => Pictures?.CopyTo(Image.AsSpan());

    /// <summary>Takes over pictures on a device, or null, and frees what it had of the last draw.</summary>
    internal void Hold(Tensor? pictures)
    {
        Pictures?.Dispose();
        Pictures = pictures?.Keep();
    }

    /// <summary>Copies all rows, and the latents before them, into a batch of the same size.</summary>
    internal void CopyTo(SequenceBatch other)
    {
        if ((other.L, other.B, other.Layout) != (L, B, Layout))
            throw new ArgumentException($"the batch has L = {other.L}, B = {other.B} and {other.Layout}; the rows {L}, {B} and "
                + $"{Layout}", nameof(other));
        Context?.CopyTo(other.Context!);
        foreach (var (from, to) in new (Array, Array)[]
        {
            (Image, other.Image), (Vector, other.Vector), (Action, other.Action), (Mask, other.Mask), (Reward, other.Reward),
            (IsFirst, other.IsFirst), (IsLast, other.IsLast), (IsTerminal, other.IsTerminal),
        })
            from.CopyTo(to, 0);
    }

    /// <summary>Makes the first row of column <paramref name="b"/> one of zeros that begins an episode and allows all.</summary>
    internal void Clear(int b)
    {
        Image.AsSpan(b * Layout.ImageSize, Layout.ImageSize).Clear();
        Vector.AsSpan(b * Layout.VectorSize, Layout.VectorSize).Clear();
        Action.AsSpan(b * Layout.ActionSize, Layout.ActionSize).Clear();
        Mask.AsSpan(b * Layout.MaskSize, Layout.MaskSize).Fill(true);
        (Reward[b], IsFirst[b], IsLast[b], IsTerminal[b]) = (0, true, false, false);
    }

    /// <summary>Copies rows <paramref name="from"/> … <paramref name="from"/> + <paramref name="count"/> − 1 of an
    /// episode into column <paramref name="b"/>, from row <paramref name="at"/> on.</summary>
    internal void CopyFrom(Episode episode, int from, int count, int b, int at, bool withPictures = true)
    {
        for (var t = 0; t < count; t++)
        {
            var (row, slot) = (from + t, (at + t) * B + b);
            if (withPictures) episode.ImageAt(row).CopyTo(Image.AsSpan(slot * Layout.ImageSize));
            episode.VectorAt(row).CopyTo(Vector.AsSpan(slot * Layout.VectorSize));
            episode.ActionAt(row).CopyTo(Action.AsSpan(slot * Layout.ActionSize));
            episode.MaskAt(row).CopyTo(Mask.AsSpan(slot * Layout.MaskSize));
            Reward[slot] = episode.Reward[row];
            IsFirst[slot] = episode.IsFirst[row];
            IsLast[slot] = episode.IsLast[row];
            IsTerminal[slot] = episode.IsTerminal[row];
        }
    }
}
