namespace Reverie.Environments;

/// <summary>
/// Makes continuous actions a choice: every dimension takes one of N values, evenly spaced from its lower to its upper
/// bound, both included, and a choice stands for one combination of them, so that there are N^A choices.
/// </summary>
/// <remarks>
/// All combinations, rather than one dimension moved at a time, since joints that must act together could not
/// otherwise. Choice c gives dimension i the value number ⌊c / N^i⌋ mod N. An odd N has the middle among its values.
/// </remarks>
public sealed class DiscretizeActions : EnvironmentWrapper
{
    /// <summary>Choices there may be at most: more than an actor's outputs or a planner's candidates can tell
    /// apart.</summary>
    public const int MostChoices = 1024;

    private readonly BoxSpace bounds;
    private readonly DiscreteSpace outer;
    private readonly int bins;

    /// <summary>Wraps <paramref name="inner"/>, whose actions have finite bounds.</summary>
    /// <param name="inner">The environment to act in.</param>
    /// <param name="bins">N, at least 2.</param>
    /// <exception cref="ReverieException">Its actions cannot be made discrete, or there would be too many choices.
    /// </exception>
    public DiscretizeActions(IEnvironment inner, int bins) : base(inner)
    {
        outer = Outer(inner.ActionSpace, bins);
        (bounds, this.bins) = ((BoxSpace)inner.ActionSpace, bins);
    }

    /// <inheritdoc/>
    public override Space ActionSpace => outer;

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action)
    {
        Span<float> values = stackalloc float[bounds.Size];
        var choice = outer.Choice(action);
        for (var i = 0; i < values.Length; i++, choice /= bins)
        {
            var (low, high) = (bounds.Low[i], bounds.High[i]);
            var isPlain = NormalizeActions.IsPlain(low, high) && float.IsFinite((bins - 1) * (high - low));
            values[i] = isPlain ? low + choice % bins * (high - low) / (bins - 1)
                : NormalizeActions.Between(choice % bins / (bins - 1.0), low, high);
        }
        return Inner.Step(values);
    }

    /// <summary>The choices that come of an action space.</summary>
    internal static DiscreteSpace Outer(Space actions, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        if (actions is not BoxSpace box)
            throw new ConfigurationException("environment.discretize: the actions of this task are no box of continuous "
                + $"values ({actions}); set it to 0");
        if (box.Low.Concat(box.High).Any(bound => !float.IsFinite(bound)))
            throw new ConfigurationException("environment.discretize: the actions of this task have no finite bounds to "
                + "divide; set it to 0");
        var choices = Math.Pow(bins, box.Size);
        if (choices > MostChoices)
            throw new ConfigurationException($"environment.discretize: {bins} values in each of {box.Size} dimensions are "
                + $"{choices:0} choices, {MostChoices} are the most; take fewer values or 0");
        return new DiscreteSpace((int)choices);
    }
}
