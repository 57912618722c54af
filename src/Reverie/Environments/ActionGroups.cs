using System.Collections;

namespace Reverie.Environments;

/// <summary>A part of an action that is decided by itself: entries <paramref name="Start"/> … of the vector.</summary>
/// <param name="Start">Its first entry.</param>
/// <param name="Size">Its entries.</param>
/// <param name="IsChoice">Whether they are a one-hot vector, one of that many choices, rather than a point in
/// [−1, 1].</param>
public readonly record struct ActionGroup(int Start, int Size, bool IsChoice);

/// <summary>What an action is made of: groups, one after the other, of which each is a choice or continuous. Log-probabilities
/// and entropies of groups add up. Equal to another of the same groups.</summary>
public sealed class ActionGroups : IReadOnlyList<ActionGroup>, IEquatable<ActionGroups>
{
    private readonly ActionGroup[] groups;

    /// <summary>Groups by their sizes, and whether each is a choice.</summary>
    public ActionGroups(params ReadOnlySpan<(int Size, bool IsChoice)> groups)
    {
        this.groups = new ActionGroup[groups.Length];
        for (var i = 0; i < groups.Length; Size += groups[i].Size, i++)
            this.groups[i] = new ActionGroup(Size, groups[i].Size, groups[i].IsChoice);
    }

    /// <summary>Groups as files have them: the number of choices, or of continuous entries less than zero.</summary>
    internal ActionGroups(IEnumerable<int> sizes)
        : this([.. sizes.Select(size => (Math.Abs(size), size > 0))])
    {
    }

    /// <summary>As files have them.</summary>
    internal int[] Sizes => Array.ConvertAll(groups, group => group.IsChoice ? group.Size : -group.Size);

    /// <summary>Those of a space of actions.</summary>
    /// <exception cref="EnvironmentException">It is none.</exception>
    public static ActionGroups Of(Space space) => space switch
    {
        BoxSpace box => new((box.Size, false)),
        DiscreteSpace choices => new((choices.Count, true)) { IsMasked = choices.IsMasked },
        GroupedSpace parts => new([.. parts.Groups.SelectMany(Of).Select(group => (group.Size, group.IsChoice))])
        {
            IsMasked = parts.Groups.Any(part => Of(part).IsMasked),
        },
        _ => throw new EnvironmentException($"{space} is no space of actions; give a BoxSpace, a DiscreteSpace or a "
            + "GroupedSpace of them"),
    };

    /// <summary>The same, masked.</summary>
    internal ActionGroups Masked() => new(Sizes) { IsMasked = true };

    /// <summary>Entries of an action, A.</summary>
    public int Size { get; }

    /// <inheritdoc/>
    public int Count => groups.Length;

    /// <summary>Whether any of them is a choice.</summary>
    public bool HasChoices => Array.Exists(groups, group => group.IsChoice);

    /// <summary>Whether rows say what may be chosen next.</summary>
    public bool IsMasked { get; init; }

    /// <summary>Whether the whole action is one choice.</summary>
    public bool IsOneHot => groups is [{ IsChoice: true }];

    /// <inheritdoc/>
    public ActionGroup this[int index] => groups[index];

    /// <summary>What an agent chooses from: choices, and points in [−1, 1] or other bounds, alike each way.</summary>
    /// <param name="bound">What continuous entries may be at most.</param>
    /// <param name="masked">Whether its choices are masked where these are.</param>
    public Space ToSpace(float bound = 1, bool masked = true)
    {
        Space[] parts = Array.ConvertAll<ActionGroup, Space>(groups, group =>
            group.IsChoice ? new DiscreteSpace(group.Size) { IsMasked = IsMasked && masked } : BoxSpace.Uniform(group.Size, -bound, bound));
        return parts is [var only] ? only : new GroupedSpace(parts);
    }

    /// <inheritdoc/>
    public bool Equals(ActionGroups? other) =>
        other is not null && IsMasked == other.IsMasked && groups.AsSpan().SequenceEqual(other.groups);

    /// <inheritdoc/>
    public override bool Equals(object? other) => Equals(other as ActionGroups);

    /// <inheritdoc/>
    public override int GetHashCode() => groups.Aggregate(Count, HashCode.Combine);

    /// <inheritdoc/>
    public IEnumerator<ActionGroup> GetEnumerator() => ((IEnumerable<ActionGroup>)groups).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => groups.GetEnumerator();

    /// <summary>Such as <c>3 one-hot + 2</c>.</summary>
    public override string ToString() =>
        string.Join(" + ", groups.Select(group => $"{group.Size}{(group.IsChoice ? " one-hot" : "")}"))
            + (IsMasked ? ", masked" : "");

    /// <summary>The first group in which an action takes what is not allowed, or null.</summary>
    internal int? Forbidden(ReadOnlySpan<float> action, ReadOnlySpan<bool> mask)
    {
        if (mask.Length != Size) return null;
        for (var g = 0; g < groups.Length; g++)
            for (var i = groups[g].Start; groups[g].IsChoice && i < groups[g].Start + groups[g].Size; i++)
                if (action[i] == 1 && !mask[i]) return g;
        return null;
    }

    /// <summary>The action with the first choice that is allowed in place of each that is not.</summary>
    public float[] Obeying(ReadOnlySpan<float> action, ReadOnlySpan<bool> mask)
    {
        var obeys = action.ToArray();
        while (Forbidden(obeys, mask) is { } g)
        {
            obeys.AsSpan(groups[g].Start, groups[g].Size).Clear();
            obeys[groups[g].Start + mask.Slice(groups[g].Start, groups[g].Size).IndexOf(true)] = 1;
        }
        return obeys;
    }
}
