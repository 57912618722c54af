using System.Globalization;
using System.Runtime.CompilerServices;
using Reverie.Environments;

namespace Reverie.Replay;

/// <summary>
/// Records one episode after another in the contract of rows: give it the row of the reset, then each action together
/// with the row it led to.
/// </summary>
/// <param name="layout">What a row is made of.</param>
public sealed class EpisodeRecorder(EpisodeLayout layout)
{
    private const int FirstCapacity = 128;
    private Episode rows = new(layout, 0);
    private int count;

    /// <summary>Rows recorded of the episode under way, the reset included; 0 before one.</summary>
    public int Rows => count;

    /// <summary>True once the last row is there: <see cref="Finish"/> may be called.</summary>
    public bool IsComplete => count > 0 && rows.IsLast[count - 1];

    /// <summary>Begins an episode with the row of a reset; one that was under way is dropped.</summary>
    /// <exception cref="ReverieException">The row is not that of a reset, or has a wrong shape.</exception>
    public void Begin(in TimeStep reset)
    {
        Demand(reset.IsFirst, $"the row of a reset has is_first = false");
        Demand(reset.Reward == 0, $"the row of a reset has reward {reset.Reward}; nothing was done yet");
        Demand(!reset.IsLast && !reset.IsTerminal, $"the row of a reset is the last one; an episode needs a decision");
        count = 0;
        Append([], reset);
    }

    /// <summary>Adds the row that <paramref name="action"/> led to.</summary>
    /// <exception cref="ReverieException">No episode is under way, or the row breaks the contract.</exception>
    public void Add(ReadOnlySpan<float> action, in TimeStep step)
    {
        Demand(count > 0, $"a step before a reset; reset the environment first");
        Demand(!IsComplete, $"a step after the last row of an episode; reset the environment first");
        Demand(!step.IsFirst, $"is_first = true on row {count}, without a reset");
        Demand(step.IsLast || !step.IsTerminal, $"is_terminal without is_last on row {count}");
        Demand(action.Length == layout.ActionSize,
            $"an action of {action.Length} entries where {layout.ActionSize} are due");
        foreach (var value in action)
            Demand(float.IsFinite(value), $"an action with {value} in it on row {count}");
        Demand(!layout.OneHot || DiscreteSpace.IsOneHot(action), $"an action that is not one-hot on row {count}");
        Append(action, step);
    }

    /// <summary>The complete episode; the recorder is ready for the next one.</summary>
    /// <exception cref="InvalidOperationException">The last row is not there yet.</exception>
    public Episode Finish()
    {
        if (!IsComplete)
            throw new InvalidOperationException("the episode is not complete; its last row has is_last = true");
        var episode = new Episode(layout, count);
        CopyRows(rows, episode, count);
        count = 0;
        return episode;
    }

    private void Append(ReadOnlySpan<float> action, in TimeStep step)
    {
        // An empty array and the null of `default` both mean: there is none.
        ReadOnlySpan<byte> image = step.Image;
        ReadOnlySpan<float> vector = step.Vector;
        Demand(image.Length == layout.ImageSize,
            $"a picture of {image.Length} bytes on row {count} where {layout.ImageSize} are due");
        Demand(vector.Length == layout.VectorSize,
            $"a vector of {vector.Length} entries on row {count} where {layout.VectorSize} are due");
        Demand(float.IsFinite((float)step.Reward), $"reward {step.Reward} on row {count}");
        foreach (var value in vector)
            Demand(float.IsFinite(value), $"a vector with {value} in it on row {count}");
        if (count == rows.Rows)
            Grow();
        image.CopyTo(rows.Image.AsSpan(count * layout.ImageSize));
        vector.CopyTo(rows.Vector.AsSpan(count * layout.VectorSize));
        var target = rows.Action.AsSpan(count * layout.ActionSize, layout.ActionSize);
        target.Clear();
        action.CopyTo(target);
        rows.Reward[count] = (float)step.Reward;
        rows.IsFirst[count] = step.IsFirst;
        rows.IsLast[count] = step.IsLast;
        rows.IsTerminal[count] = step.IsTerminal;
        count++;
    }

    private void Grow()
    {
        var larger = new Episode(layout, Math.Max(FirstCapacity, 2 * count));
        CopyRows(rows, larger, count);
        rows = larger;
    }

    private static void CopyRows(Episode from, Episode to, int count)
    {
        var layout = from.Layout;
        from.Image.AsSpan(0, count * layout.ImageSize).CopyTo(to.Image);
        from.Vector.AsSpan(0, count * layout.VectorSize).CopyTo(to.Vector);
        from.Action.AsSpan(0, count * layout.ActionSize).CopyTo(to.Action);
        from.Reward.AsSpan(0, count).CopyTo(to.Reward);
        from.IsFirst.AsSpan(0, count).CopyTo(to.IsFirst);
        from.IsLast.AsSpan(0, count).CopyTo(to.IsLast);
        from.IsTerminal.AsSpan(0, count).CopyTo(to.IsTerminal);
    }

    private static void Demand(bool condition, [InterpolatedStringHandlerArgument("condition")] ref Line line)
    {
        if (!condition)
            throw new ReverieException("environment: gave " + line.Text);
    }

    /// <summary>Formats a line only where it is to be thrown: these checks run on every step.</summary>
    [InterpolatedStringHandler]
    private ref struct Line(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        private DefaultInterpolatedStringHandler inner =
            (isNeeded = !condition) ? new(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;

        public void AppendLiteral(string text) => inner.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => inner.AppendFormatted(value);

        public string Text => inner.ToStringAndClear();
    }
}
