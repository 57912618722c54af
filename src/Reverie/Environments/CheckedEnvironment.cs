using Reverie.Torch;

namespace Reverie.Environments;

/// <summary>
/// A guard around somebody's environment: a row or an action that is not in its space, or an exception, becomes one
/// <see cref="ReverieException"/> that names the environment, the fault and the step.
/// </summary>
/// <remarks>The spaces are those that it had when it was made: agents were built by them.</remarks>
/// <param name="inner">The environment to watch.</param>
/// <param name="name">What to call it in the message.</param>
public sealed class CheckedEnvironment(IEnvironment inner, string name) : EnvironmentWrapper(inner)
{
    private readonly ActionGroups groups = ActionGroups.Of(inner.ActionSpace);
    private int steps;
    private bool[] allowed = [];

    /// <inheritdoc/>
    public override Space ObservationSpace { get; } = inner.ObservationSpace;

    /// <inheritdoc/>
    public override Space ActionSpace { get; } = inner.ActionSpace;

    /// <inheritdoc/>
    public override TimeStep Reset(int? seed = null)
    {
        steps = 0;
        return Sound(Guard(name, "the reset", () => Inner.Reset(seed)), "the reset", isReset: true);
    }

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action)
    {
        steps++;
        if (RowRule.FaultOf(action, ActionSpace) is { } fault)
            throw new EnvironmentException($"environment {name} cannot do what the agent wants at step {steps}: {fault}");
        if (groups.Forbidden(action, allowed) is { } forbidden)
            throw new EnvironmentException($"environment {name} cannot do what the agent wants at step {steps}: the choice "
                + $"{(groups.Count > 1 ? $"of group {forbidden} " : "")}is not allowed by the mask of the row before");
        TimeStep row;
        try
        {
            row = Inner.Step(action);
        }
        catch (Exception thrown) when (IsForeign(thrown))
        {
            throw Told(name, $"step {steps}", thrown);
        }
        return Sound(row, $"step {steps}", isReset: false);
    }

    /// <summary>Runs somebody's code and tells an exception in one line.</summary>
    internal static T Guard<T>(string name, string moment, Func<T> code)
    {
        try
        {
            return code();
        }
        catch (Exception fault) when (IsForeign(fault))
        {
            throw Told(name, moment, fault);
        }
    }

    // An environment that computes with tensors may use them wrongly.
    private static bool IsForeign(Exception fault) => fault is not ReverieException or TorchException;

    // A library that is missing may show in a static constructor of its own, whose exception lies one level down.
    private static ReverieException Told(string name, string moment, Exception fault) => ForeignFault.Of(fault) switch
    {
        ReverieException told when told != fault => told,
        var reason => new EnvironmentException(
            $"environment {name} threw {reason.GetType().Name} at {moment}: {ForeignFault.Words(reason)}", fault),
    };

    private TimeStep Sound(TimeStep row, string moment, bool isReset)
    {
        if (RowRule.FaultOf(row, ObservationSpace, groups, isReset) is { } fault)
            throw new EnvironmentException($"environment {name} is broken at {moment}: {fault}; " +
                $"`reverie env check {OneWord.Of(name)}` finds more");
        allowed = row.ActionMask ?? [];
        return row;
    }
}
