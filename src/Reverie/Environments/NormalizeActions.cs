namespace Reverie.Environments;

/// <summary>Lets the agent act in [−1, 1], mapped linearly to the bounds of the environment; where one or both of them are
/// infinite, to as far as <c>environment.action_reach</c> says. Choices among the actions stay what they are.</summary>
public sealed class NormalizeActions : EnvironmentWrapper
{
    private readonly (int Start, BoxSpace Bounds)[] boxes;

    private NormalizeActions(IEnvironment inner, Space outer, double reach) : base(inner)
    {
        var (groups, own) = (ActionGroups.Of(outer), inner.ActionSpace);
        boxes = [.. groups.Select((group, i) => (group.Start, own is GroupedSpace parts ? parts.Groups[i] : own))
            .Where(group => group.Item2 is BoxSpace).Select(group => (group.Start, Bounded((BoxSpace)group.Item2, reach)))];
        ActionSpace = outer;
    }

    /// <inheritdoc/>
    public override Space ActionSpace { get; }

    /// <summary>Wraps <paramref name="inner"/> where its bounds differ from [−1, 1]; otherwise returns it as it is.</summary>
    /// <param name="inner">An environment with continuous actions, or any other, which is returned as it is.</param>
    /// <param name="reach">How far actions go where bounds are infinite: from −reach to reach, or from the one that is
    /// finite 2 · reach away.</param>
    /// <exception cref="EnvironmentException">Its bounds are none that can be mapped to: swapped or NaN.</exception>
    public static IEnvironment Wrap(IEnvironment inner, double reach = 1)
    {
        var outer = Outer(inner.ActionSpace);
        if (outer.Equals(inner.ActionSpace))
            return inner;
        if (SpaceRule.FaultsOfAction(inner.ActionSpace).FirstOrDefault() is { } fault)
            throw new EnvironmentException(fault);
        return new NormalizeActions(inner, outer, reach);
    }

    /// <summary>Bounds with finite ones in place of those that are not; finite ones stay to the bit.</summary>
    internal static BoxSpace Bounded(BoxSpace own, double reach)
    {
        if (own.Low.All(float.IsFinite) && own.High.All(float.IsFinite)) return own;
        var (low, high) = (own.Low.ToArray(), own.High.ToArray());
        for (var i = 0; i < low.Length; i++)
            (low[i], high[i]) = (float.IsFinite(low[i]), float.IsFinite(high[i])) switch
            {
                (true, true) => (low[i], high[i]),
                (true, false) => (low[i], (float)Math.Min(low[i] + 2 * reach, float.MaxValue)),
                (false, true) => ((float)Math.Max(high[i] - 2 * reach, float.MinValue), high[i]),
                _ => ((float)-reach, (float)reach),
            };
        return new(low, high);
    }

    /// <summary>What an agent sees of such actions.</summary>
    internal static Space Outer(Space own) => own switch
    {
        BoxSpace box => BoxSpace.Uniform(box.Size, -1, 1),
        GroupedSpace parts => new GroupedSpace([.. parts.Groups.Select(Outer)]),
        _ => own,
    };

    /// <summary>Whether sums in single precision reach both bounds exactly, as they do of bounds of a usual size. What
    /// recorded runs played was computed so, to the last bit.</summary>
    internal static bool IsPlain(float low, float high) => low + (high - low) == high;

    /// <summary>The number that lies a share from 0 to 1 of the way from <paramref name="low"/> to
    /// <paramref name="high"/>: one of them exactly at each end, and never beyond.</summary>
    /// <remarks>In double precision, and of each bound its part, since high − low is infinite where they are large.
    /// </remarks>
    internal static float Between(double share, float low, float high) =>
        Math.Clamp((float)((1 - share) * low + share * high), low, high);

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action)
    {
        Span<float> scaled = stackalloc float[action.Length];
        action.CopyTo(scaled);
        foreach (var (start, bounds) in boxes)
            for (var i = 0; i < bounds.Size; i++)
            {
                var (low, high, share) = (bounds.Low[i], bounds.High[i], action[start + i]);
                scaled[start + i] = IsPlain(low, high) ? low + (share + 1) / 2 * (high - low)
                    : Between((share + 1.0) / 2, low, high);
            }
        return Inner.Step(scaled);
    }
}
