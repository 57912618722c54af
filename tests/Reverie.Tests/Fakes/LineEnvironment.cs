using Reverie.Environments;

namespace Reverie.Tests.Fakes;

/// <summary>A point on a line, seen as a vector. How long its episodes are and what its steps are worth is said when it
/// is registered; it has no time limit of its own.</summary>
internal sealed class LineEnvironment(int seed, Func<RandomSource, int> length, Func<int, double> reward) : IEnvironment
{
    /// <summary>Its name in the registry, once <see cref="Register"/> was called.</summary>
    public const string Task = "test_line";

    private RandomSource random = new((ulong)seed);
    private int steps, end;
    private float place;

    public Space ObservationSpace { get; } = Seen;

    public Space ActionSpace { get; } = Push;

    private static BoxSpace Seen { get; } = BoxSpace.Uniform(2, float.NegativeInfinity, float.PositiveInfinity);

    private static BoxSpace Push { get; } = BoxSpace.Uniform(1, -1, 1);

    /// <summary>Makes the task known.</summary>
    /// <param name="length">Decisions of an episode, drawn at its reset; none ends with <see cref="int.MaxValue"/>.</param>
    /// <param name="reward">Of a step, counted from 1; 1 unless said.</param>
    /// <param name="most">What the task says of their length.</param>
    public static void Register(Func<RandomSource, int> length, Func<int, double>? reward = null, int most = 0) =>
        EnvironmentRegistry.Register(
            new TaskInfo
            {
                Task = Task, Domain = "test", ObservationSpace = Seen, ActionSpace = Push, EpisodeSteps = most,
            },
            (_, seed) => new LineEnvironment(seed, length, reward ?? (_ => 1)));

    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) random = new RandomSource((ulong)given);
        (steps, end, place) = (0, length(random), (float)random.NextDouble(-1, 1));
        return Row() with { IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        steps++;
        place += action[0];
        return Row() with { Reward = reward(steps), IsLast = steps == end, IsTerminal = steps == end };
    }

    public void Dispose()
    {
    }

    private TimeStep Row() => new() { Image = [], Vector = [place, steps / 10f] };
}
