namespace Reverie.Environments;

/// <summary>Actions without a thought.</summary>
public static class RandomAction
{
    /// <summary>One drawn uniformly: of choices any, of a box a number between its bounds.</summary>
    /// <param name="space">A space of actions with finite bounds.</param>
    /// <param name="random">Source of the draws.</param>
    /// <param name="mask">What may be chosen; empty where everything may.</param>
    public static float[] Draw(Space space, RandomSource random, bool[] mask)
    {
        if (mask is not { Length: > 0 }) return Draw(space, random);
        var (action, groups) = (Draw(space, random), ActionGroups.Of(space));
        while (groups.Forbidden(action, mask) is not null) action = Draw(space, random);
        return action;
    }

    /// <summary>As the other one, of everything.</summary>
    public static float[] Draw(Space space, RandomSource random) => space switch
    {
        BoxSpace box => [.. box.Low.Zip(box.High, (low, high) => (float)random.NextDouble(low, high))],
        DiscreteSpace choices => choices.OneHot(random.NextInt(choices.Count)),
        GroupedSpace parts => [.. parts.Groups.SelectMany(part => Draw(part, random))],
        _ => throw new ArgumentException($"{space} is no space of actions", nameof(space)),
    };
}
