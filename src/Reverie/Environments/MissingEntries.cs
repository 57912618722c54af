namespace Reverie.Environments;

/// <summary>Makes of entries of a vector that are not known, which are NaN, numbers that can be learned from: each stands
/// as 0, and after all of them come as many more, 1 for an entry that is known and 0 for one that is not.</summary>
/// <param name="inner">An environment that observes a vector, perhaps beside a picture.</param>
internal sealed class MissingEntries(IEnvironment inner) : EnvironmentWrapper(inner)
{
    /// <inheritdoc/>
    public override Space ObservationSpace { get; } = Doubled(inner.ObservationSpace);

    /// <inheritdoc/>
    public override TimeStep Reset(int? seed = null) => Told(Inner.Reset(seed));

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action) => Told(Inner.Step(action));

    /// <summary>What is seen of a space; one without a vector stays what it is.</summary>
    public static Space Doubled(Space own) => own switch
    {
        BoxSpace box => Doubled(box),
        MixedSpace both => both with { Vector = Doubled(both.Vector) },
        _ => own,
    };

    private static BoxSpace Doubled(BoxSpace box) => new(
        [.. box.Low.Select(low => Math.Min(low, 0)), .. Enumerable.Repeat(0f, box.Size)],
        [.. box.High.Select(high => Math.Max(high, 0)), .. Enumerable.Repeat(1f, box.Size)]);

    private static TimeStep Told(TimeStep row)
    {
        var own = row.Vector ?? [];
        var told = new float[2 * own.Length];
        for (var i = 0; i < own.Length; i++)
            (told[i], told[own.Length + i]) = float.IsNaN(own[i]) ? (0, 0) : (own[i], 1);
        return row with { Vector = told };
    }
}
