using Reverie.Environments;

namespace Reverie.Tests.Fakes;

/// <summary>
/// A point on a rail that starts on either side and is to be brought to the middle: which way is right depends on where
/// it is. It is observed as a vector, its place and a large number that says the same, and must not be drawn.
/// </summary>
internal sealed class RailEnvironment(int seed) : IEnvironment, IPictureSource
{
    /// <summary>Its name in the registry, once <see cref="Register"/> was called.</summary>
    public const string Task = "test_rail";

    public const int Decisions = 15;

    private RandomSource random = new((ulong)seed);
    private double place;

    public Space ObservationSpace { get; } = Vector;

    public Space ActionSpace { get; } = Push;

    public ImageSpace Picture { get; } = new();

    private static BoxSpace Vector { get; } = BoxSpace.Uniform(2, float.NegativeInfinity, float.PositiveInfinity);

    private static BoxSpace Push { get; } = BoxSpace.Uniform(1, -1, 1);

    public static void Register() => EnvironmentRegistry.Register(
        new TaskInfo
        {
            Task = Task, Domain = "test", ObservationSpace = new MixedSpace(new ImageSpace(), Vector),
            ActionSpace = Push, EpisodeSteps = Decisions,
        },
        (_, seed) => new RailEnvironment(seed));

    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given)
            random = new RandomSource((ulong)given);
        place = (random.NextInt(2) == 0 ? -1 : 1) * random.NextDouble(1, 2);
        return Row() with { IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        place = Math.Clamp(place + 0.5 * action[0], -2, 2);
        return Row() with { Reward = Math.Exp(-4 * place * place) };
    }

    public byte[] Draw() => throw new InvalidOperationException("nobody looks at pictures here");

    public void Dispose()
    {
    }

    private TimeStep Row() => new() { Image = [], Vector = [(float)place, (float)(100 * place)] };
}
