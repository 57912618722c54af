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
        DiscreteSpace choices => new((choices.Count, true)),
        GroupedSpace parts => new([.. parts.Groups.SelectMany(Of).Select(group => (group.Size, group.IsChoice))]),
        _ => throw new EnvironmentException($"{space} is no space of actions; give a BoxSpace, a DiscreteSpace or a "
            + "GroupedSpace of them"),
    };

    /// <summary>Entries of an action, A.</summary>
    public int Size { get; }

    /// <inheritdoc/>
    public int Count => groups.Length;

    /// <summary>Whether any of them is a choice.</summary>
    public bool HasChoices => Array.Exists(groups, group => group.IsChoice);

    /// <summary>Whether the whole action is one choice.</summary>
    public bool IsOneHot => groups is [{ IsChoice: true }];

    /// <inheritdoc/>
    public ActionGroup this[int index] => groups[index];

    /// <summary>What an agent chooses from: choices, and points in [−1, 1] or other bounds, alike each way.</summary>
    /// <param name="bound">What continuous entries may be at most.</param>
    public Space ToSpace(float bound = 1)
    {
        Space[] parts = Array.ConvertAll<ActionGroup, Space>(groups, group =>
            group.IsChoice ? new DiscreteSpace(group.Size) : BoxSpace.Uniform(group.Size, -bound, bound));
        return parts is [var only] ? only : new GroupedSpace(parts);
    }

    /// <inheritdoc/>
    public bool Equals(ActionGroups? other) => other is not null && groups.AsSpan().SequenceEqual(other.groups);

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
        string.Join(" + ", groups.Select(group => $"{group.Size}{(group.IsChoice ? " one-hot" : "")}"));
}
