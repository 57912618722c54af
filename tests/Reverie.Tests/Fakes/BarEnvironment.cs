using Reverie.Environments;

namespace Reverie.Tests.Fakes;

/// <summary>
/// A bar that actions push over a 64×64 picture: cheap, decided by its seed, and every later row depends on what the
/// agent did. A fault can be asked for at a step counted over its whole life.
/// </summary>
internal sealed class BarEnvironment : IEnvironment
{
    /// <summary>Its name in the registry, once <see cref="Register"/> was called.</summary>
    public const string Task = "test_bar";

    private static readonly ImageSpace Picture = new(64, 64, 3);

    private double place;
    private int steps;

    /// <summary>Called with the number of each step and the sound row; returns the row to give.</summary>
    public static Func<int, TimeStep, TimeStep> Fault { get; set; } = (_, row) => row;

    public Space ObservationSpace => Picture;

    public Space ActionSpace => BoxSpace.Uniform(1, -1, 1);

    public static void Register()
    {
        using var one = new BarEnvironment();
        Fault = (_, row) => row;
        EnvironmentRegistry.Register(
            new TaskInfo
            {
                Task = Task, Domain = "test", ObservationSpace = one.ObservationSpace, ActionSpace = one.ActionSpace,
                ActionRepeat = 3,
            },
            (_, _) => new BarEnvironment());
    }

    public TimeStep Reset(int? seed = null)
    {
        place = new RandomSource((ulong)(seed ?? 0)).NextDouble(-1, 1);
        return Row(0) with { IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        place = Math.Clamp(place + 0.1 * action[0], -1, 1);
        return Fault(++steps, Row((float)(1 - Math.Abs(place))));
    }

    public void Dispose()
    {
    }

    private TimeStep Row(float reward)
    {
        var image = new byte[Picture.Size];
        var left = (int)((place + 1) / 2 * 56);
        for (var y = 0; y < 64; y++)
            for (var x = left; x < left + 8; x++)
                image[(y * 64 + x) * 3 + y % 3] = 255;
        return new TimeStep { Image = image, Reward = reward };
    }
}
