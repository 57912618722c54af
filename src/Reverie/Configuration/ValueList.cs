namespace Reverie.Configuration;

/// <summary>A list that equals another with the same elements, so that records that hold it compare by value.</summary>
internal sealed class ValueList : List<double>
{
    private ValueList(IEnumerable<double> values) : base(values) { }

    /// <summary>The list of those values; the empty one is the shared one that <c>[]</c> makes.</summary>
    public static IReadOnlyList<double> Of(IEnumerable<double> values) =>
        values.ToArray() is { Length: > 0 } some ? new ValueList(some) : [];

    public override bool Equals(object? other) => other is IReadOnlyList<double> list && this.SequenceEqual(list);

    public override int GetHashCode() => this.Aggregate(Count, HashCode.Combine);
}
