namespace Reverie.Replay;

/// <summary>An episode in a stream of rows, the one under way or one that is over, and the latents of its rows.</summary>
/// <param name="shape">What a latent is made of.</param>
/// <param name="first">Where in the stream its first row stands.</param>
internal sealed class StreamEpisode(LatentRows shape, long first)
{
    private const int FirstRoom = 128;
    private byte[] latents = [];

    /// <summary>Rows that an episode may have, for its latents to be one block of memory.</summary>
    public static int MostRows(LatentRows shape) => Array.MaxLength / 2 / Math.Max(1, shape.BytesPerRow);

    /// <summary>Its file; null while it is under way.</summary>
    public EpisodeFile? File { get; private set; }

    /// <summary>Where in the stream its first row stands.</summary>
    public long First { get; set; } = first;

    /// <summary>Rows that can be drawn.</summary>
    public int Rows { get; set; }

    /// <summary>Where in the stream it ends: the place after its last row.</summary>
    public long End => First + Rows;

    /// <summary>False once it has left the stream.</summary>
    public bool IsHeld { get; private set; } = true;

    /// <summary>The latent of a row as the replay keeps it.</summary>
    public Span<byte> LatentAt(int row)
    {
        var size = shape.BytesPerRow;
        if (latents.Length < (row + 1) * size)
            Array.Resize(ref latents, checked(Math.Max(FirstRoom, 2 * (row + 1)) * size));
        return latents.AsSpan(row * size, size);
    }

    /// <summary>It is over.</summary>
    public void Complete(EpisodeFile file)
    {
        (File, Rows) = (file, file.Rows);
        Array.Resize(ref latents, checked(file.Rows * shape.BytesPerRow));
    }

    /// <summary>It has left the stream.</summary>
    public void Leave() => (IsHeld, latents) = (false, []);
}
