using Reverie.Environments;

namespace Reverie.Tests.Fakes;

/// <summary>A sound environment that prints in two ways and leaves a thread behind that never ends. The tests'
/// assembly is its class library.</summary>
internal sealed class RudeEnvironment : IEnvironment
{
    private static readonly Stream Output = Console.OpenStandardOutput();
    private int time;

    public RudeEnvironment() => new Thread(() => Thread.Sleep(Timeout.Infinite)).Start();

    /// <summary>Its task's name.</summary>
    public static string Task => $"{typeof(RudeEnvironment).Assembly.Location}:{typeof(RudeEnvironment).FullName}";

    public Space ObservationSpace { get; } = BoxSpace.Uniform(1, 0, 20);

    public Space ActionSpace { get; } = BoxSpace.Uniform(1, -1, 1);

    public TimeStep Reset(int? seed = null)
    {
        time = 0;
        return new() { Image = [], Vector = [0], IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        Console.WriteLine("a step, said by the environment");
        Output.Write("a step, written past the console\n"u8);
        time++;
        return new() { Image = [], Vector = [time], Reward = action[0], IsLast = time == 10 };
    }

    public void Dispose()
    {
    }
}

/// <summary>One that ends the process in its third step.</summary>
internal sealed class LeavingEnvironment : IEnvironment
{
    private readonly RudeEnvironment inner = new();
    private int steps;

    /// <summary>Its task's name.</summary>
    public static string Task => RudeEnvironment.Task.Replace(nameof(RudeEnvironment), nameof(LeavingEnvironment));

    public Space ObservationSpace => inner.ObservationSpace;

    public Space ActionSpace => inner.ActionSpace;

    public TimeStep Reset(int? seed = null) => inner.Reset(seed);

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        if (++steps == 3) Environment.Exit(0);
        return inner.Step(action);
    }

    public void Dispose()
    {
    }
}

/// <summary>One whose thread throws in its third step.</summary>
internal sealed class ThrowingThreadEnvironment : IEnvironment
{
    private readonly RudeEnvironment inner = new();
    private int steps;

    /// <summary>Its task's name.</summary>
    public static string Task => RudeEnvironment.Task.Replace(nameof(RudeEnvironment), nameof(ThrowingThreadEnvironment));

    public Space ObservationSpace => inner.ObservationSpace;

    public Space ActionSpace => inner.ActionSpace;

    public TimeStep Reset(int? seed = null) => inner.Reset(seed);

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        if (++steps == 3) new Thread(() => throw new InvalidOperationException("the physics\nthread died")).Start();
        if (steps > 3) Thread.Sleep(Timeout.Infinite);
        return inner.Step(action);
    }

    public void Dispose()
    {
    }
}

/// <summary>One that cannot be disposed of.</summary>
internal sealed class StayingEnvironment : IEnvironment
{
    private readonly RudeEnvironment inner = new();

    /// <summary>Its task's name.</summary>
    public static string Task => RudeEnvironment.Task.Replace(nameof(RudeEnvironment), nameof(StayingEnvironment));

    public Space ObservationSpace => inner.ObservationSpace;

    public Space ActionSpace => inner.ActionSpace;

    public TimeStep Reset(int? seed = null) => inner.Reset(seed);

    public TimeStep Step(ReadOnlySpan<float> action) => inner.Step(action);

    public void Dispose() => throw new IOException("device is busy");
}
