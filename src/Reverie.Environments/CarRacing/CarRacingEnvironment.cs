namespace Reverie.Environments.CarRacing;

/// <summary>
/// Car racing: a car seen from above on a random closed road. Steering, gas and brake; or, discrete, one of five
/// choices. Every tile of the road that a wheel first comes onto pays 1000/N, every step costs 0.1; off the field the
/// reward is −100 and the race is over, as it is when every tile was visited.
/// </summary>
/// <remarks>World Models (2018), section 3; gym's environment in two looks, which share everything but the picture.</remarks>
public sealed class CarRacingEnvironment : IEnvironment, IPictureSource
{
    /// <summary>Steps of an episode, by the time limit around it.</summary>
    public const int EpisodeSteps = 1000;

    // Nothing, right, left, gas, brake.
    private static readonly (double Steer, double Gas, double Brake)[] Choices =
        [(0, 0, 0), (0.6, 0, 0), (-0.6, 0, 0), (0, 0.2, 0), (0, 0, 0.8)];

    private readonly FrameMaker frames;
    private readonly Func<ulong, IUniformSource> seeded;
    private readonly bool discrete;
    private IUniformSource random;
    private Race? race;

    /// <summary>Makes it.</summary>
    public CarRacingEnvironment(CarRacingOptions options)
    {
        frames = new FrameMaker(options.Look, options.Frame, options.NativeSize);
        discrete = options.IsDiscrete;
        seeded = options.Look == Look.V0 ? number => new MersenneTwister(number) : number => new Pcg64(number);
        random = seeded((ulong)options.Seed);
    }

    /// <summary>What the vector observation is made of, in order: what the bar of instruments shows.</summary>
    public static IReadOnlyList<ObservationEntry> Observations { get; } =
        [new("speed", 1), new("wheel_speeds", 4), new("steering", 1), new("turn_rate", 1)];

    /// <summary>Speed in metres a second; ω of the four wheels, angle of the front left one; turn rate of the hull;
    /// radians. The road is in the picture only.</summary>
    public Space ObservationSpace => Instruments;

    /// <inheritdoc/>
    public Space ActionSpace => discrete ? DiscreteActions : Actions;

    /// <inheritdoc/>
    public ImageSpace Picture => frames.Picture;

    /// <summary>The race as it stands.</summary>
    /// <exception cref="InvalidOperationException">There was no reset yet.</exception>
    public Race Race => race ?? throw new InvalidOperationException("the environment was not reset yet");

    /// <summary>Bounds of the vector observation.</summary>
    internal static BoxSpace Instruments { get; } = BoxSpace.Uniform(
        Observations.Sum(entry => entry.Size), float.NegativeInfinity, float.PositiveInfinity);

    /// <summary>Steering from left to right, gas, brake.</summary>
    internal static BoxSpace Actions { get; } = new([-1, 0, 0], [1, 1, 1]);

    /// <summary>Nothing, right, left, gas, brake.</summary>
    internal static DiscreteSpace DiscreteActions { get; } = new(Choices.Length);

    /// <inheritdoc/>
    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given)
            random = seeded((ulong)given);
        var track = Track.Draw(random);
        race?.Dispose();
        race = new Race(track);
        return Row(0) with { IsFirst = true };
    }

    /// <inheritdoc/>
    public TimeStep Step(ReadOnlySpan<float> action)
    {
        var (steer, gas, brake) = discrete ? Choices[DiscreteActions.Choice(action)] : (action[0], action[1], action[2]);
        var row = Row(Race.Step(steer, gas, brake));
        return Race.IsOver ? row with { IsLast = true, IsTerminal = true } : row;
    }

    /// <summary>What the agent sees of the race.</summary>
    public byte[] Draw() => frames.Draw(Race);

    /// <inheritdoc/>
    public void Dispose() => race?.Dispose();

    private TimeStep Row(double reward)
    {
        var (pose, wheels) = (Race.Car.Pose, Race.Car.Wheels);
        return new TimeStep
        {
            Image = [],
            Vector =
            [
                MathF.Sqrt(pose.VelocityX * pose.VelocityX + pose.VelocityY * pose.VelocityY),
                .. wheels.Select(wheel => (float)wheel.Omega), wheels[0].JointAngle, pose.AngularVelocity,
            ],
            Reward = reward,
        };
    }
}
