using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>A planar one-legged robot that is to stand, or to hop forward.</summary>
internal sealed class Hopper : PlanarRobot
{
    /// <summary>Height, pitch and joint angles, without the distance covered; all velocities; ln(1 + force) at toe and
    /// heel.</summary>
    internal static readonly ObservationEntry[] Observations =
        [new("position", 6), new("velocity", 7), new("touch", 2)];

    private const double StandHeight = 0.6;    // m, of the torso above the foot
    private const double HopSpeed = 2;         // m/s

    private readonly bool hop;
    private readonly DataView control, torso, foot, toeTouch, heelTouch;

    /// <summary>Makes the task.</summary>
    /// <param name="options">Seed, camera and picture quality.</param>
    /// <param name="hop">Rewards speed while standing, rather than standing with little control.</param>
    internal Hopper(ControlTaskOptions options, bool hop)
        : base(ModelText.Of("hopper"), Observations, options, substeps: 4)
    {
        this.hop = hop;
        control = Physics.View("ctrl");
        (torso, foot) = (Physics.View("xipos", "body", "torso"), Physics.View("xipos", "body", "foot"));
        (toeTouch, heelTouch) = (Physics.Sensor("touch_toe"), Physics.Sensor("touch_heel"));
    }

    /// <inheritdoc/>
    public override double Reward()
    {
        var standing = Rewards.Tolerance(torso[2] - foot[2], StandHeight, 2);
        return standing * (hop ? Hopping() : (4 + SmallControl()) / 5);
    }

    /// <inheritdoc/>
    protected override void Initialise(RandomSource random)
    {
        DrawLimbs(random);
        Position[2] = random.NextDouble(-Math.PI, Math.PI);    // pitch
    }

    /// <inheritdoc/>
    protected override void Observe(Span<double> values)
    {
        Position[1..].CopyTo(values);
        Velocity.CopyTo(values[6..]);
        values[13] = Math.Log(1 + toeTouch[0]);
        values[14] = Math.Log(1 + heelTouch[0]);
    }

    private double Hopping() => Rewards.Tolerance(Speed, HopSpeed, double.PositiveInfinity,
        margin: HopSpeed / 2, shape: Falloff.Linear, atMargin: 0.5);

    private double SmallControl()
    {
        var sum = 0.0;
        foreach (var input in control.Span)
            sum += Rewards.Tolerance(input, margin: 1, shape: Falloff.Quadratic, atMargin: 0);
        return sum / control.Span.Length;
    }
}
