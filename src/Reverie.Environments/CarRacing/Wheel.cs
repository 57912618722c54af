using Reverie.Environments.Box2D;

namespace Reverie.Environments.CarRacing;

/// <summary>
/// A wheel: a body on a hinge, and a rolling speed of its own. The order of the arithmetic is the original's: doubles
/// inside, floats at Box2D's binding.
/// </summary>
public sealed class Wheel
{
    internal const double HalfLength = 27 * Car.Size, HalfBreadth = 14 * Car.Size;

    private const double EnginePower = 100000000 * Car.Size * Car.Size;
    private const double RollingInertia = 4000 * Car.Size * Car.Size;
    private const double FrictionLimit = 1000000 * Car.Size * Car.Size;    // on the road
    private const double SlipStiffness = 205000 * Car.Size * Car.Size;
    private const double BrakeForce = 15;                                   // radians a second, in one step
    private const double LockingBrake = 0.9;

    private readonly Body body;
    private readonly RevoluteJoint joint;

    internal Wheel(Body body, RevoluteJoint joint) => (this.body, this.joint) = (body, joint);

    /// <summary>Place and motion.</summary>
    public Pose Pose => body.Pose;

    /// <summary>Angle of its hinge, radians.</summary>
    public float JointAngle => joint.Angle;

    /// <summary>What its body weighs.</summary>
    public Mass Mass => body.Mass;

    /// <summary>What drives it, 0 to 1.</summary>
    public double Gas { get; internal set; }

    /// <summary>What brakes it.</summary>
    public double Brake { get; internal set; }

    /// <summary>Angle that its hinge is turned to, radians.</summary>
    public double Steer { get; internal set; }

    /// <summary>How far it has rolled, radians; seen in the picture only.</summary>
    public double Phase { get; private set; }

    /// <summary>ω, radians a second.</summary>
    public double Omega { get; private set; }

    /// <summary>Tiles under it.</summary>
    public int TilesTouched { get; internal set; }

    /// <summary>The force of its latest step, as Box2D was given it.</summary>
    public (float X, float Y) Force { get; private set; }

    /// <summary>Steers, drives, brakes and slips, before the world's own step.</summary>
    /// <param name="seconds">Length of the step.</param>
    internal void Step(double seconds)
    {
        var error = Steer - joint.Angle;
        joint.SetMotorSpeed((float)(Sign(error) * Math.Min(50 * Math.Abs(error), 3)));
        var limit = TilesTouched > 0 ? Math.Max(FrictionLimit * 0.6, FrictionLimit) : FrictionLimit * 0.6;
        var pose = body.Pose;
        double forwardX = pose.UpX, forwardY = pose.UpY, sideX = pose.RightX, sideY = pose.RightY;
        double velocityX = pose.VelocityX, velocityY = pose.VelocityY;
        var ahead = forwardX * velocityX + forwardY * velocityY;
        var aside = sideX * velocityX + sideY * velocityY;

        Omega += seconds * EnginePower * Gas / RollingInertia / (Math.Abs(Omega) + 5);
        ApplyBrake();
        Phase += Omega * seconds;
        var along = (-ahead + Omega * HalfLength) * SlipStiffness;
        var across = -aside * SlipStiffness;
        var force = Math.Sqrt(along * along + across * across);
        if (force > limit)
        {
            along = along / force * limit;
            across = across / force * limit;
        }
        Omega -= seconds * along * HalfLength / RollingInertia;
        Force = ((float)(across * sideX + along * forwardX), (float)(across * sideY + along * forwardY));
        body.Push(Force.X, Force.Y);
    }

    private void ApplyBrake()
    {
        if (Brake >= LockingBrake)
            Omega = 0;
        else if (Brake > 0)
            Omega += -Sign(Omega) * Math.Min(BrakeForce * Brake, Math.Abs(Omega));
    }

    private static double Sign(double value) => value > 0 ? 1 : value < 0 ? -1 : 0;
}
