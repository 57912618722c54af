using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>A planar biped that is to stand, walk or run.</summary>
internal sealed class Walker : PlanarRobot
{
    /// <summary>Of each body R[0][0] and R[0][2]; height of the torso; all velocities.</summary>
    internal static readonly ObservationEntry[] Observations =
        [new("orientations", 14), new("height", 1), new("velocity", 9)];

    private const double StandHeight = 1.2;    // m

    private readonly double speed;
    private readonly DataView rotations, torsoRotation, torso;

    /// <summary>Makes the task.</summary>
    /// <param name="options">Seed, camera and picture quality.</param>
    /// <param name="speed">Wanted forward velocity in m/s; 0 to stand.</param>
    internal Walker(ControlTaskOptions options, double speed)
        : base(ModelText.Of("walker"), Observations, options, substeps: 10)
    {
        this.speed = speed;
        rotations = Physics.View("xmat");    // (nbody, 9), the world's first
        (torsoRotation, torso) = (Physics.View("xmat", "body", "torso"), Physics.View("xpos", "body", "torso"));
    }

    private double Height => torso[2];

    /// <inheritdoc/>
    public override double Reward() => speed == 0 ? Stand() : Stand() * (5 * Move() + 1) / 6;

    /// <inheritdoc/>
    protected override void Initialise(RandomSource random)
    {
        DrawLimbs(random);
        Position[2] = random.NextDouble(-Math.PI, Math.PI);    // pitch
    }

    /// <inheritdoc/>
    protected override void Observe(Span<double> values)
    {
        var r = rotations.Span[9..];
        for (var body = 0; body < 7; body++)
            (values[2 * body], values[2 * body + 1]) = (r[9 * body], r[9 * body + 2]);
        values[14] = Height;
        Velocity.CopyTo(values[15..]);
    }

    private double Stand()
    {
        var standing = Rewards.Tolerance(Height, StandHeight, double.PositiveInfinity, margin: StandHeight / 2);
        var upright = (1 + torsoRotation[8]) / 2;    // R(torso)[2][2]
        return (3 * standing + upright) / 4;
    }

    private double Move() => Rewards.Tolerance(Speed, speed, double.PositiveInfinity,
        margin: speed / 2, shape: Falloff.Linear, atMargin: 0.5);
}
