namespace Reverie.Replay;

/// <summary>
/// An episode of T decisions: T + 1 rows. Row t holds o_t, the action that <b>led to</b> o_t and the reward collected
/// on that way; row 0 holds the reset, with zero action and reward.
/// </summary>
/// <remarks>The arrays are not to be written to: replay hands the same episode to whoever asks.</remarks>
public sealed class Episode
{
    /// <summary>Makes an episode of <paramref name="rows"/> zero rows, to be filled.</summary>
    internal Episode(EpisodeLayout layout, int rows)
        : this(layout, rows, new byte[checked(rows * layout.ImageSize)], new float[rows * layout.VectorSize],
            new float[rows * layout.ActionSize], new float[rows], new bool[rows], new bool[rows], new bool[rows])
    {
    }

    /// <summary>Wraps arrays that are of the right lengths.</summary>
    internal Episode(EpisodeLayout layout, int rows, byte[] image, float[] vector, float[] action, float[] reward,
        bool[] isFirst, bool[] isLast, bool[] isTerminal, bool[]? mask = null)
    {
        Mask = mask ?? new bool[rows * layout.MaskSize];
        (Layout, Rows) = (layout, rows);
        (Image, Vector, Action, Reward) = (image, vector, action, reward);
        (IsFirst, IsLast, IsTerminal) = (isFirst, isLast, isTerminal);
    }

    /// <summary>The same under a layout that says what its file does not: whether actions are choices.</summary>
    /// <exception cref="DataException">It is of another one.</exception>
    internal Episode Of(EpisodeLayout layout) => layout.Accepts(this)
        ? new(layout, Rows, Image, Vector, Action, Reward, IsFirst, IsLast, IsTerminal, Mask) { Task = Task }
        : throw new DataException($"an episode of {Layout} where {layout} is due");

    /// <summary>What a row is made of.</summary>
    public EpisodeLayout Layout { get; }

    /// <summary>Number of the task it was played in among those that the agent learns, from 0. The name of its file says it,
    /// not what is in it.</summary>
    internal int Task { get; set; }

    /// <summary>Rows, T + 1.</summary>
    public int Rows { get; }

    /// <summary>Decisions, T: actions taken.</summary>
    public int Decisions => Rows - 1;

    /// <summary>uint8 (T+1, H, W, C); empty where there are no pictures.</summary>
    public byte[] Image { get; }

    /// <summary>(T+1, V); empty where there are no vectors.</summary>
    public float[] Vector { get; }

    /// <summary>(T+1, A); row t led to row t.</summary>
    public float[] Action { get; }

    /// <summary>(T+1); collected on the way to row t, summed over action repeats.</summary>
    public float[] Reward { get; }

    /// <summary>(T+1); true on row 0 alone.</summary>
    public bool[] IsFirst { get; }

    /// <summary>(T+1); true on the final row alone.</summary>
    public bool[] IsLast { get; }

    /// <summary>(T+1); true on the final row, and only where the environment truly ended.</summary>
    public bool[] IsTerminal { get; }

    /// <summary>(T+1, A); what may be chosen after row t. Empty where actions have no mask.</summary>
    public bool[] Mask { get; }

    /// <summary>Sum of rewards, undiscounted.</summary>
    public double Return => Reward.Sum(reward => (double)reward);

    /// <summary>Bytes in memory.</summary>
    public long Bytes => Rows * Layout.BytesPerRow + BytesBesideRows;

    /// <summary>Bytes that an episode takes whatever its length: the heads of its arrays, its name and its places in
    /// lists.</summary>
    internal const int BytesBesideRows = 700;

    /// <summary>The picture of a row, (H, W, C).</summary>
    public ReadOnlySpan<byte> ImageAt(int row) => Image.AsSpan(row * Layout.ImageSize, Layout.ImageSize);

    /// <summary>The vector of a row.</summary>
    public ReadOnlySpan<float> VectorAt(int row) => Vector.AsSpan(row * Layout.VectorSize, Layout.VectorSize);

    /// <summary>The action that led to a row.</summary>
    public ReadOnlySpan<float> ActionAt(int row) => Action.AsSpan(row * Layout.ActionSize, Layout.ActionSize);

    /// <summary>What may be chosen after a row; empty where actions have no mask.</summary>
    public ReadOnlySpan<bool> MaskAt(int row) => Mask.AsSpan(row * Layout.MaskSize, Layout.MaskSize);

    /// <summary>Whether a row is what an environment gave.</summary>
    internal bool HasRow(int row, in Environments.TimeStep step) => ImageAt(row).SequenceEqual(step.Image)
        && VectorAt(row).SequenceEqual(step.Vector) && MaskAt(row).SequenceEqual(step.ActionMask) && Reward[row] == (float)step.Reward
        && (IsFirst[row], IsLast[row], IsTerminal[row]) == (step.IsFirst, step.IsLast, step.IsTerminal);

    /// <summary>What breaks the contract of rows, in words; null where nothing does.</summary>
    /// <param name="underWay">Whether the episode is not over, so that it has no last row and perhaps no decision.</param>
    internal string? Fault(bool underWay = false)
    {
        if (Rows < (underWay ? 1 : 2))
            return "has no decision in it";
        if (Reward[0] != 0 || ActionAt(0).ContainsAnyExcept(0f))
            return "has an action or a reward on the row of the reset";
        for (var row = 0; row < Rows; row++)
        {
            if (IsFirst[row] != (row == 0))
                return $"has is_first = {IsFirst[row]} on row {row}";
            if (IsLast[row] != (row == Rows - 1 && !underWay))
                return $"has is_last = {IsLast[row]} on row {row} of {Rows}";
            if (IsTerminal[row] && !IsLast[row])
                return $"has is_terminal before its last row, on row {row}";
            if (!float.IsFinite(Reward[row]))
                return $"has a reward that is not finite on row {row}";
        }
        return AllFinite(Action) && AllFinite(Vector) ? null : "has an action or a vector that is not finite";
    }

    private static bool AllFinite(float[] values) => Array.TrueForAll(values, float.IsFinite);
}
