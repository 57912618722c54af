namespace Reverie.Environments;

/// <summary>
/// A guard around somebody's environment: a wrong shape, a number that is not finite or an exception becomes one
/// <see cref="ReverieException"/> that names the environment, the fault and the step.
/// </summary>
/// <param name="inner">The environment to watch.</param>
/// <param name="name">What to call it in the message.</param>
public sealed class CheckedEnvironment(IEnvironment inner, string name) : EnvironmentWrapper(inner)
{
    private int steps;

    /// <inheritdoc/>
    public override TimeStep Reset(int? seed = null)
    {
        steps = 0;
        return Sound(Guard(name, "the reset", () => Inner.Reset(seed)), "the reset");
    }

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action)
    {
        steps++;
        if (Inner.ActionSpace is DiscreteSpace choices
            && (action.Length != choices.Count || !DiscreteSpace.IsOneHot(action)))
            throw new ReverieException($"environment {name} takes one of {choices.Count} choices as a one-hot vector; "
                + $"at step {steps} the agent gave [{string.Join(", ", action.ToArray())}]");
        TimeStep row;
        try
        {
            row = Inner.Step(action);
        }
        catch (Exception fault) when (fault is not ReverieException)
        {
            throw Told(name, $"step {steps}", fault);
        }
        return Sound(row, $"step {steps}");
    }

    /// <summary>What is wrong with a row, or null.</summary>
    internal static string? FaultOf(TimeStep row, Space space)
    {
        var (image, vector) = space switch
        {
            ImageSpace picture => (picture.Size, 0),
            BoxSpace box => (0, box.Size),
            MixedSpace mixed => (mixed.Image.Size, mixed.Vector.Size),
            _ => (0, 0),
        };
        var pixels = row.Image?.Length ?? 0;
        var entries = row.Vector?.Length ?? 0;
        if (pixels != image)
            return $"its image has {pixels} bytes where its observation space says {image}";
        if (entries != vector)
            return $"its vector has {entries} entries where its observation space says {vector}";
        for (var i = 0; i < entries; i++)
            if (!float.IsFinite(row.Vector![i]))
                return $"entry {i} of its vector is {row.Vector[i]}";
        if (!double.IsFinite(row.Reward))
            return $"its reward is {row.Reward}";
        if (row.EnvSteps < (row.IsFirst ? 0 : 1))
            return $"it says that it took {row.EnvSteps} steps";
        return row.IsTerminal && !row.IsLast ? "it is terminal but not the last row" : null;
    }

    /// <summary>Runs somebody's code and tells an exception in one line.</summary>
    internal static T Guard<T>(string name, string moment, Func<T> code)
    {
        try
        {
            return code();
        }
        catch (Exception fault) when (fault is not ReverieException)
        {
            throw Told(name, moment, fault);
        }
    }

    // A library that is missing shows in a static constructor, whose own exception lies one level down.
    private static ReverieException Told(string name, string moment, Exception fault) =>
        fault is TypeInitializationException { InnerException: ReverieException reason }
            ? reason
            : new ReverieException($"environment {name} threw {fault.GetType().Name} at {moment}: "
                + fault.Message.ReplaceLineEndings(" "), fault);

    private TimeStep Sound(TimeStep row, string moment) =>
        FaultOf(row, Inner.ObservationSpace) is { } fault
            ? throw new ReverieException($"environment {name} is broken at {moment}: {fault}; " +
                $"`reverie env check {name}` finds more")
            : row;
}
