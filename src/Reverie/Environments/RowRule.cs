namespace Reverie.Environments;

/// <summary>
/// What a row of an environment and an action for one must be. Whatever enters an agent or an episode from an
/// environment is held against it: by <see cref="CheckedEnvironment"/>, <see cref="EnvironmentChecker"/> and
/// <see cref="Replay.EpisodeRecorder"/>.
/// </summary>
/// <remarks>Entries of a vector may leave the bounds of its space, which only describe it: many simulators do so by a
/// rounding, and agents see symlog of the number, whatever its size.</remarks>
internal static class RowRule
{
    /// <summary>Size that a reward may have at most. Losses square sums of some hundred rewards in single precision,
    /// which ends at 3.4e38.</summary>
    public const double MostReward = 1e12;

    /// <summary>Steps that a row may be worth at most, far beyond any action repeat.</summary>
    public const int MostSteps = 1_000_000;

    private const int MostShown = 8;

    /// <summary>What is wrong with a row, or null.</summary>
    /// <param name="row">The row.</param>
    /// <param name="space">What the environment said that it shows; one without faults.</param>
    /// <param name="isReset">Whether it is the row of a reset.</param>
    /// <param name="groups">What it said that can be done.</param>
    public static string? FaultOf(in TimeStep row, Space space, ActionGroups groups, bool isReset) => FaultOf(
        row, SpaceRule.PictureOf(space)?.Size ?? 0, SpaceRule.VectorOf(space)?.Size ?? 0, groups, isReset);

    /// <summary>As the other one.</summary>
    /// <param name="row">The row.</param>
    /// <param name="pixels">Bytes of its picture.</param>
    /// <param name="entries">Entries of its vector.</param>
    /// <param name="groups">What can be done.</param>
    /// <param name="isReset">Whether it is the row of a reset.</param>
    public static string? FaultOf(in TimeStep row, int pixels, int entries, ActionGroups groups, bool isReset)
    {
        if (FaultOfSight(row, pixels, entries) is { } blind)
            return blind + (blind.EndsWith("NaN", StringComparison.Ordinal)
                ? "; where that says that it is not known, set environment.missing=true" : "");
        if (FaultOfMask(row, groups) is { } masked)
            return masked;
        if (!double.IsFinite(row.Reward))
            return FormattableString.Invariant($"its reward is {row.Reward}");
        if (Math.Abs(row.Reward) > MostReward)
            return FormattableString.Invariant($"its reward is {row.Reward}, beyond ±{MostReward:G}, from where on its ")
                + "square cannot be learned from; divide rewards until they are of the order of 1";
        if (row.EnvSteps < (row.IsFirst ? 0 : 1) || row.EnvSteps > MostSteps)
            return $"it says that it took {row.EnvSteps} steps";
        if (row.IsTerminal && !row.IsLast)
            return "it is terminal but not the last row";
        if (!isReset)
            return row.IsFirst ? "a row after a step calls itself first" : null;
        return !row.IsFirst || row.IsLast ? "its row must be first and not last"
            : row.Reward != 0 ? FormattableString.Invariant($"the reward is {row.Reward}, not 0: nothing was done yet")
            : null;
    }

    /// <summary>What is wrong with what is seen on a row, or null.</summary>
    /// <param name="row">The row.</param>
    /// <param name="pixels">Bytes of its picture.</param>
    /// <param name="entries">Entries of its vector.</param>
    public static string? FaultOfSight(in TimeStep row, int pixels, int entries)
    {
        // An empty array and the null of `default` both mean: there is none.
        if ((row.Image?.Length ?? 0) != pixels)
            return $"its image has {row.Image?.Length ?? 0} bytes where {pixels} are due";
        if ((row.Vector?.Length ?? 0) != entries)
            return $"its vector has {row.Vector?.Length ?? 0} entries where {entries} are due";
        for (var i = 0; i < entries; i++)
            if (!float.IsFinite(row.Vector![i]))
                return FormattableString.Invariant($"entry {i} of its vector is {row.Vector[i]}");
        return null;
    }

    /// <summary>What is wrong with what a row allows, or null.</summary>
    public static string? FaultOfMask(in TimeStep row, ActionGroups groups)
    {
        var mask = row.ActionMask ?? [];
        var due = groups.IsMasked ? groups.Size : 0;
        if (mask.Length != due)
            return $"its mask of actions has {mask.Length} entries where {due} are due";
        for (var g = 0; g < groups.Count && due > 0; g++)
            if (groups[g].IsChoice && !mask.AsSpan(groups[g].Start, groups[g].Size).Contains(true))
                return $"its mask allows none of the {groups[g].Size} choices {(groups.Count > 1 ? $"of group {g}" : "there are")}";
        return null;
    }

    /// <summary>What is wrong with an action, or null.</summary>
    /// <param name="action">What an agent or a person wants to do.</param>
    /// <param name="space">What can be done; one without faults.</param>
    public static string? FaultOf(ReadOnlySpan<float> action, Space space)
    {
        if (space is DiscreteSpace choices)
            return action.Length == choices.Count && DiscreteSpace.IsOneHot(action) ? null
                : $"one of {choices.Count} choices is due as a one-hot vector, not {Shown(action)}";
        if (space is GroupedSpace parts)
            return FaultOf(action, parts);
        var box = (BoxSpace)space;
        if (action.Length != box.Size)
            return $"{box.Size} numbers are due, not {action.Length}";
        for (var i = 0; i < box.Size; i++)
            if (!(action[i] >= box.Low[i] && action[i] <= box.High[i]))
                return FormattableString.Invariant(
                    $"entry {i} is {action[i]}; it goes from {box.Low[i]} to {box.High[i]}");
        return null;
    }

    private static string? FaultOf(ReadOnlySpan<float> action, GroupedSpace parts)
    {
        var groups = ActionGroups.Of(parts);
        if (action.Length != groups.Size)
            return $"{groups.Size} numbers are due, not {action.Length}";
        for (var i = 0; i < groups.Count; i++)
            if (FaultOf(action.Slice(groups[i].Start, groups[i].Size), parts.Groups[i]) is { } fault)
                return $"group {i}: {fault}";
        return null;
    }

    private static string Shown(ReadOnlySpan<float> action)
    {
        var some = action[..Math.Min(action.Length, MostShown)].ToArray()
            .Select(value => FormattableString.Invariant($"{value}"));
        return $"[{string.Join(", ", some)}{(action.Length > MostShown ? ", …" : "")}]";
    }
}
