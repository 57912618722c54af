using Reverie.Environments.Box2D;

namespace Reverie.Environments.CarRacing;

/// <summary>The car: a hull of four polygons and four wheels on hinges; the rear ones drive, the front ones steer.
/// </summary>
public sealed class Car
{
    /// <summary>Metres of a unit of the drawing.</summary>
    internal const double Size = 0.02;

    /// <summary>Outlines of the hull in units of the drawing, x and y in turns.</summary>
    internal static readonly int[][] HullOutlines =
    [
        [-60, 130, 60, 130, 60, 110, -60, 110],
        [-15, 120, 15, 120, 20, 20, -20, 20],
        [25, 20, 50, -10, 50, -40, 20, -90, -20, -90, -50, -40, -50, -10, -25, 20],
        [-50, -120, 50, -120, 50, -90, -50, -90],
    ];

    /// <summary>Outline of a wheel.</summary>
    internal static readonly int[] WheelOutline = [-14, 27, 14, 27, 14, -27, -14, -27];

    /// <summary>Front left, front right, rear left, rear right.</summary>
    private static readonly (int X, int Y)[] WheelPlaces = [(-55, 80), (55, 80), (-55, -82), (55, -82)];

    private const double MotorTorque = 180 * 900 * Size * Size;
    private const float SteeringLimit = 0.4f;
    private const double GasRise = 0.1;    // in a step
    private const int WheelCategory = 0x20, RoadMask = 1;

    private readonly Body hull;

    /// <summary>Puts a car into a world.</summary>
    /// <param name="world">Where it drives.</param>
    /// <param name="start">Place and heading.</param>
    /// <param name="hullTag">Tag of the hull; the wheels count down from the number below.</param>
    internal Car(World world, TrackPoint start, int hullTag)
    {
        hull = world.AddBody(BodyType.Dynamic, (float)start.X, (float)start.Y, (float)start.Beta, hullTag);
        foreach (var outline in HullOutlines)
            hull.AddPolygon(Scaled(outline), new FixtureDefinition(Density: 1));
        Wheels = [.. WheelPlaces.Select((place, i) => Mount(world, start, place, hullTag - 1 - i))];
    }

    /// <summary>Front left, front right, rear left, rear right.</summary>
    public IReadOnlyList<Wheel> Wheels { get; }

    /// <summary>Place and motion of the hull.</summary>
    public Pose Pose => hull.Pose;

    /// <summary>What the hull weighs.</summary>
    public Mass Mass => hull.Mass;

    /// <summary>Turns the front wheels: radians, right is positive.</summary>
    internal void Steer(double right) => Wheels[0].Steer = Wheels[1].Steer = -right;

    /// <summary>Drives the rear wheels; gas rises by little and falls at once.</summary>
    internal void Gas(double gas)
    {
        gas = Math.Clamp(gas, 0, 1);
        for (var i = 2; i < 4; i++)
            Wheels[i].Gas += Math.Min(gas - Wheels[i].Gas, GasRise);
    }

    /// <summary>Brakes all wheels; not clipped.</summary>
    internal void Brake(double brake)
    {
        foreach (var wheel in Wheels)
            wheel.Brake = brake;
    }

    /// <summary>The tyres' forces, before the world's own step.</summary>
    internal void Step(double seconds)
    {
        for (var i = 0; i < Wheels.Count; i++)
            Wheels[i].Step(seconds);
    }

    private Wheel Mount(World world, TrackPoint start, (int X, int Y) place, int tag)
    {
        // Trap: the offset is not turned with the hull. The hinges pull all together in the first step of the world.
        var body = world.AddBody(BodyType.Dynamic, (float)(start.X + place.X * Size), (float)(start.Y + place.Y * Size),
            (float)start.Beta, tag);
        body.AddPolygon(Scaled(WheelOutline),
            new FixtureDefinition(Density: 0.1f, Category: WheelCategory, Mask: RoadMask));
        var joint = world.AddJoint(hull, body, new RevoluteDefinition
        {
            AnchorAX = (float)(place.X * Size),
            AnchorAY = (float)(place.Y * Size),
            EnableMotor = 1,
            MaxMotorTorque = (float)MotorTorque,
            EnableLimit = 1,
            LowerAngle = -SteeringLimit,
            UpperAngle = SteeringLimit,
        });
        return new Wheel(body, joint);
    }

    private static float[] Scaled(int[] outline) => Array.ConvertAll(outline, x => (float)(x * Size));
}
