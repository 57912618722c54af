namespace Reverie.Environments;

/// <summary>
/// Lets the agent act in [−1, 1], mapped linearly to the bounds of the environment. Entries without finite bounds pass
/// unchanged.
/// </summary>
public sealed class NormalizeActions : EnvironmentWrapper
{
    private readonly BoxSpace outer, bounds;

    private NormalizeActions(IEnvironment inner, BoxSpace bounds) : base(inner)
    {
        this.bounds = bounds;
        outer = Outer(bounds);
    }

    /// <inheritdoc/>
    public override Space ActionSpace => outer;

    /// <summary>Wraps <paramref name="inner"/> where its bounds differ from [−1, 1]; otherwise returns it as it is.</summary>
    public static IEnvironment Wrap(IEnvironment inner) =>
        inner.ActionSpace is BoxSpace box && !box.Equals(BoxSpace.Uniform(box.Size, -1, 1))
            ? new NormalizeActions(inner, box)
            : inner;

    /// <summary>What an agent sees of these bounds.</summary>
    internal static BoxSpace Outer(BoxSpace bounds) => new(
        [.. Enumerable.Range(0, bounds.Size).Select(i => IsFinite(bounds, i) ? -1 : bounds.Low[i])],
        [.. Enumerable.Range(0, bounds.Size).Select(i => IsFinite(bounds, i) ? 1 : bounds.High[i])]);

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action)
    {
        Span<float> scaled = stackalloc float[bounds.Size];
        for (var i = 0; i < scaled.Length; i++)
            scaled[i] = IsFinite(bounds, i)
                ? bounds.Low[i] + (action[i] + 1) / 2 * (bounds.High[i] - bounds.Low[i])
                : action[i];
        return Inner.Step(scaled);
    }

    private static bool IsFinite(BoxSpace bounds, int i) =>
        float.IsFinite(bounds.Low[i]) && float.IsFinite(bounds.High[i]);
}
