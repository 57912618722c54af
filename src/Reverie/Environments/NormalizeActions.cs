namespace Reverie.Environments;

/// <summary>Lets the agent act in [−1, 1], mapped linearly to the bounds of the environment, which are finite.</summary>
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
    /// <exception cref="EnvironmentException">Its bounds are none that can be mapped to: infinite, swapped or NaN.</exception>
    public static IEnvironment Wrap(IEnvironment inner)
    {
        if (inner.ActionSpace is not BoxSpace box || box.Equals(BoxSpace.Uniform(box.Size, -1, 1)))
            return inner;
        if (SpaceRule.FaultsOfAction(box).FirstOrDefault() is { } fault)
            throw new EnvironmentException(fault);
        return new NormalizeActions(inner, box);
    }

    /// <summary>What an agent sees of these bounds.</summary>
    internal static BoxSpace Outer(BoxSpace bounds) => BoxSpace.Uniform(bounds.Size, -1, 1);

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
        Span<float> scaled = stackalloc float[bounds.Size];
        for (var i = 0; i < scaled.Length; i++)
        {
            var (low, high) = (bounds.Low[i], bounds.High[i]);
            scaled[i] = IsPlain(low, high) ? low + (action[i] + 1) / 2 * (high - low)
                : Between((action[i] + 1.0) / 2, low, high);
        }
        return Inner.Step(scaled);
    }
}
