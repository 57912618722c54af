namespace Reverie.Environments;

/// <summary>
/// Applies every action several times (P App. A): rewards are summed, the observation is the last one, and repeats stop
/// with the episode, and where the action is not allowed any more.
/// </summary>
public sealed class ActionRepeat : EnvironmentWrapper
{
    private readonly int repeat;
    private readonly ActionGroups groups;

    /// <summary>Wraps <paramref name="inner"/>.</summary>
    /// <param name="inner">The environment to repeat in.</param>
    /// <param name="repeat">Steps per decision, at least 1.</param>
    public ActionRepeat(IEnvironment inner, int repeat) : base(inner)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(repeat);
        (this.repeat, groups) = (repeat, ActionGroups.Of(inner.ActionSpace));
    }

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action)
    {
        var step = Inner.Step(action);
        var (reward, taken) = (step.Reward, step.EnvSteps);
        for (var i = 1; i < repeat && !step.IsLast && groups.Forbidden(action, step.ActionMask) is null; i++)
        {
            step = Inner.Step(action);
            reward += step.Reward;
            taken += step.EnvSteps;
        }
        return step with { Reward = reward, EnvSteps = taken };
    }
}
