using System.Globalization;
using System.Xml.Linq;
using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>A four-legged robot in three dimensions that is to walk or run.</summary>
internal sealed class Quadruped : ControlTask
{
    /// <summary>Joint angles, joint velocities and activations; velocity of the torso in its own frame; R(torso)[2][2];
    /// its acceleration and turning; arcsinh of forces, then torques, on the toes.</summary>
    internal static readonly ObservationEntry[] Observations =
    [
        new("egocentric_state", 44), new("torso_velocity", 3), new("torso_upright", 1), new("imu", 6),
        new("force_torque", 24),
    ];

    /// <summary>Of each leg: yaw, lift, extension.</summary>
    internal static readonly BoxSpace Actions = new(Repeat(-1, -1, -0.8f), Repeat(1, 1.1f, 0.8f));

    private const int Legs = 4;
    private const int RootPositions = 7, RootVelocities = 6;
    private const double Rise = 0.01;    // m by which the start is lifted until nothing touches
    private const double TimeLimit = 20;    // s

    private readonly double speed;
    private readonly DataView position, velocity, activation, torso, velocimeter, acceleration, turning;
    private readonly DataView[] toes;

    /// <summary>Makes the task.</summary>
    /// <param name="options">Seed, camera and picture quality.</param>
    /// <param name="speed">Wanted forward velocity in m/s.</param>
    internal Quadruped(ControlTaskOptions options, double speed)
        : base(Model(speed), Observations, options, substeps: 4)
    {
        this.speed = speed;
        (position, velocity, activation) = (Physics.View("qpos"), Physics.View("qvel"), Physics.View("act"));
        torso = Physics.View("xmat", "body", "torso");
        velocimeter = Physics.Sensor("velocimeter");
        (acceleration, turning) = (Physics.Sensor("imu_accel"), Physics.Sensor("imu_gyro"));
        string[] kinds = ["force", "torque"], legs = ["front_left", "front_right", "back_right", "back_left"];
        toes = [.. from kind in kinds from leg in legs select Physics.Sensor($"{kind}_toe_{leg}")];
    }

    /// <inheritdoc/>
    public override double Reward()
    {
        var upright = Rewards.Tolerance(torso[8], 1, double.PositiveInfinity,
            margin: 2, shape: Falloff.Linear, atMargin: 0);
        return upright * Rewards.Tolerance(velocimeter[0], speed, double.PositiveInfinity,
            margin: speed, shape: Falloff.Linear, atMargin: 0.5);
    }

    /// <inheritdoc/>
    /// <remarks>A random orientation, lifted until nothing touches.</remarks>
    protected override void Initialise(RandomSource random)
    {
        var orientation = RandomRotation(random);
        var height = 0.0;
        while (Touches(orientation, height))
            height += Rise;
        Physics.Reset();    // forgets the warnings on the way
        Place(orientation, height);
    }

    /// <inheritdoc/>
    protected override void Observe(Span<double> values)
    {
        var rest = Put(position.Span[RootPositions..], values);
        rest = Put(velocity.Span[RootVelocities..], rest);
        rest = Put(activation.Span, rest);
        rest = Put(velocimeter.Span, rest);
        rest[0] = torso[8];    // R(torso)[2][2]
        rest = Put(acceleration.Span, rest[1..]);
        rest = Put(turning.Span, rest);
        foreach (var toe in toes)
        {
            for (var i = 0; i < 3; i++)
                rest[i] = Math.Asinh(toe[i]);
            rest = rest[3..];
        }
    }

    // The floor is as long as the way covered at the wanted speed. It bears the robot everywhere, but its size decides
    // how far the camera sees.
    private static string Model(double speed)
    {
        var size = (TimeLimit * speed).ToString(CultureInfo.InvariantCulture);
        return ModelText.Of("quadruped", model => model.Descendants("geom")
            .Single(geom => (string?)geom.Attribute("name") == "floor")
            .SetAttributeValue("size", $"{size} {size} 0.5"));
    }

    private bool Touches(double[] orientation, double height)
    {
        var warnings = Physics.Warnings;
        Place(orientation, height);
        Physics.ForwardPosition();
        return Physics.Contacts > 0 || Physics.Warnings > warnings;    // of a buffer too small for all contacts
    }

    private void Place(double[] orientation, double height)
    {
        var q = position.Span;
        q[2] = height;
        orientation.CopyTo(q[3..]);
    }

    private static double[] RandomRotation(RandomSource random)
    {
        double[] quaternion = [.. Enumerable.Range(0, 4).Select(_ => random.NextGaussian())];
        var length = Math.Sqrt(quaternion.Sum(x => x * x));
        return Array.ConvertAll(quaternion, x => x / length);
    }

    private static Span<double> Put(ReadOnlySpan<double> part, Span<double> values)
    {
        part.CopyTo(values);
        return values[part.Length..];
    }

    private static float[] Repeat(params float[] leg) => [.. Enumerable.Repeat(leg, Legs).SelectMany(x => x)];
}
