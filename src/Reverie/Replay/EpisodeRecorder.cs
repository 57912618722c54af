using Reverie.Environments;

namespace Reverie.Replay;

/// <summary>
/// Records one episode after another in the contract of rows: give it the row of the reset, then each action together
/// with the row it led to.
/// </summary>
/// <param name="layout">What a row is made of.</param>
public sealed class EpisodeRecorder(EpisodeLayout layout)
{
    /// <summary>Memory that an episode may take while it is recorded, in bytes: far beyond the longest that anybody
    /// plays, and within what one array can hold.</summary>
    public const long MostBytes = 1_000_000_000;

    private const int FirstCapacity = 128;
    private readonly Space actions = layout.Groups.ToSpace(bound: float.MaxValue);     // any that is finite
    private Episode rows = new(layout, 0);
    private int count;

    /// <summary>Rows of an episode at most, for <see cref="MostBytes"/>.</summary>
    public static int MostRows(EpisodeLayout layout) => (int)Math.Max(2, MostBytes / layout.BytesPerRow);

    /// <summary>Rows recorded of the episode under way, the reset included; 0 before one.</summary>
    public int Rows => count;

    /// <summary>True once the last row is there: <see cref="Finish"/> may be called.</summary>
    public bool IsComplete => count > 0 && rows.IsLast[count - 1];

    /// <summary>Begins an episode with the row of a reset; one that was under way is dropped.</summary>
    /// <exception cref="EnvironmentException">The row is not that of a reset, or has a wrong shape.</exception>
    public void Begin(in TimeStep reset)
    {
        Demand(RowRule.FaultOf(reset, layout.ImageSize, layout.VectorSize, layout.Groups, isReset: true), isReset: true);
        count = 0;
        Append([], reset);
    }

    /// <summary>Adds the row that <paramref name="action"/> led to.</summary>
    /// <exception cref="EnvironmentException">No episode is under way, or the row breaks the contract.</exception>
    public void Add(ReadOnlySpan<float> action, in TimeStep step)
    {
        if (count == 0 || IsComplete)
            throw new EnvironmentException($"environment: a step {(count == 0 ? "before a reset" : "after the last row of an "
                + "episode")}; reset the environment first");
        if (count == MostRows(layout))
            throw new EnvironmentException($"environment: an episode of more than {count} rows, which take all the memory "
                + "that one may; end it earlier");
        Demand(RowRule.FaultOf(step, layout.ImageSize, layout.VectorSize, layout.Groups, isReset: false));
        Demand(RowRule.FaultOf(action, actions));
        Append(action, step);
    }

    /// <summary>Ends the episode with the row that it has last, as a time limit does.</summary>
    /// <exception cref="InvalidOperationException">There is no decision in it, or it is over.</exception>
    internal void Cut()
    {
        if (count < 2 || IsComplete)
            throw new InvalidOperationException("only an episode that is under way can be cut");
        rows.IsLast[count - 1] = true;
    }

    /// <summary>Drops the episode under way.</summary>
    internal void Drop() => count = 0;

    /// <summary>The rows of the episode under way, in arrays that have room for more.</summary>
    internal Episode Recorded => rows;

    /// <summary>The rows of the episode under way as they are now.</summary>
    internal Episode Copy()
    {
        var copy = new Episode(layout, count);
        CopyRows(rows, copy, count);
        return copy;
    }

    /// <summary>Goes on with an episode of which there are rows.</summary>
    internal void GoOnFrom(Episode underWay) => (rows, count) = (underWay, underWay.Rows);

    /// <summary>The complete episode; the recorder is ready for the next one.</summary>
    /// <exception cref="InvalidOperationException">The last row is not there yet.</exception>
    public Episode Finish()
    {
        if (!IsComplete)
            throw new InvalidOperationException("the episode is not complete; its last row has is_last = true");
        var episode = Copy();
        count = 0;
        return episode;
    }

    private void Append(ReadOnlySpan<float> action, in TimeStep step)
    {
        // An empty array and the null of `default` both mean: there is none.
        ReadOnlySpan<byte> image = step.Image;
        ReadOnlySpan<float> vector = step.Vector;
        if (count == rows.Rows)
            Grow();
        image.CopyTo(rows.Image.AsSpan(count * layout.ImageSize));
        vector.CopyTo(rows.Vector.AsSpan(count * layout.VectorSize));
        var target = rows.Action.AsSpan(count * layout.ActionSize, layout.ActionSize);
        target.Clear();
        action.CopyTo(target);
        step.ActionMask.AsSpan().CopyTo(rows.Mask.AsSpan(count * layout.MaskSize));
        rows.Reward[count] = (float)step.Reward;
        rows.IsFirst[count] = step.IsFirst;
        rows.IsLast[count] = step.IsLast;
        rows.IsTerminal[count] = step.IsTerminal;
        count++;
    }

    private void Grow()
    {
        var larger = new Episode(layout, Math.Min(MostRows(layout), Math.Max(FirstCapacity, 2 * count)));
        CopyRows(rows, larger, count);
        rows = larger;
    }

    private static void CopyRows(Episode from, Episode to, int count)
    {
        var layout = from.Layout;
        from.Image.AsSpan(0, count * layout.ImageSize).CopyTo(to.Image);
        from.Vector.AsSpan(0, count * layout.VectorSize).CopyTo(to.Vector);
        from.Action.AsSpan(0, count * layout.ActionSize).CopyTo(to.Action);
        from.Mask.AsSpan(0, count * layout.MaskSize).CopyTo(to.Mask);
        from.Reward.AsSpan(0, count).CopyTo(to.Reward);
        from.IsFirst.AsSpan(0, count).CopyTo(to.IsFirst);
        from.IsLast.AsSpan(0, count).CopyTo(to.IsLast);
        from.IsTerminal.AsSpan(0, count).CopyTo(to.IsTerminal);
    }

    private void Demand(string? fault, bool isReset = false)
    {
        if (fault is not null)
            throw new EnvironmentException($"environment: at {(isReset ? "the reset" : $"row {count}")}: {fault}");
    }
}
