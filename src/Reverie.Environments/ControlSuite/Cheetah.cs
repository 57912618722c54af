namespace Reverie.Environments.ControlSuite;

/// <summary>A planar cheetah that is to run forward.</summary>
internal sealed class Cheetah : PlanarRobot
{
    /// <summary>Height, pitch and joint angles, without the distance run; all velocities.</summary>
    internal static readonly ObservationEntry[] Observations = [new("position", 8), new("velocity", 9)];

    private const double FullSpeed = 10;    // m/s, from which on the reward is 1
    private const int SettlingSteps = 200;

    /// <summary>Makes the task.</summary>
    /// <param name="options">Seed, camera and picture quality.</param>
    internal Cheetah(ControlTaskOptions options) : base(ModelText.Of("cheetah"), Observations, options)
    {
    }

    /// <inheritdoc/>
    public override double Reward() => Rewards.Tolerance(Speed, FullSpeed, double.PositiveInfinity,
        margin: FullSpeed, shape: Falloff.Linear, atMargin: 0);

    /// <inheritdoc/>
    /// <remarks>The cheetah falls into its start. No forward pass comes before the first step, so that one still uses
    /// the accelerations of the model's own pose.</remarks>
    protected override void Initialise(RandomSource random)
    {
        DrawLimbs(random);
        StepPhysics(SettlingSteps);
        Physics.Time = 0;
    }

    /// <inheritdoc/>
    protected override void Observe(Span<double> values)
    {
        Position[1..].CopyTo(values);
        Velocity.CopyTo(values[8..]);
    }
}
