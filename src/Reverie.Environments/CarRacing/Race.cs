using Reverie.Environments.Box2D;

namespace Reverie.Environments.CarRacing;

/// <summary>
/// One race: track, car and what it earns, without a picture. Bit for bit the original's on Box2D 2.4.1.
/// </summary>
public sealed class Race : IDisposable
{
    /// <summary>Seconds of a step.</summary>
    public const double Timestep = 1.0 / 50;

    private const int VelocityIterations = 6 * 30, PositionIterations = 2 * 30;
    private const int HullTag = -1;
    private const double LapReward = 1000, StepCost = 0.1, LostReward = -100;

    private readonly World world = new(0, 0);
    private double total, paid;

    /// <summary>Puts a car on a track and lets the world settle for a step.</summary>
    /// <exception cref="NativeException">Box2D is not there.</exception>
    public Race(Track track)
    {
        Track = track;
        Tiles = new Tiles(world, track);
        Car = new Car(world, track.Points[0], HullTag);
        Advance();
        Score = total;
    }

    /// <summary>Where it is driven.</summary>
    public Track Track { get; }

    /// <summary>The road.</summary>
    public Tiles Tiles { get; }

    /// <summary>The car.</summary>
    public Car Car { get; }

    /// <summary>Seconds, those of the settling step included.</summary>
    public double Time { get; private set; }

    /// <summary>What the picture shows: earned so far, before the cost of the latest step.</summary>
    public double Score { get; private set; }

    /// <summary>Earned and not yet given out as a reward: after the start, that of the first tiles.</summary>
    public double Pending => total - paid;

    /// <summary>Whether every tile was visited.</summary>
    public bool IsLapDone => Tiles.Visited == Tiles.Count;

    /// <summary>Whether the hull's origin is off the field.</summary>
    public bool IsOffField
    {
        get
        {
            var pose = Car.Pose;
            return Math.Abs((double)pose.X) > Track.Playfield || Math.Abs((double)pose.Y) > Track.Playfield;
        }
    }

    /// <summary>Whether the race is over; it may be driven on.</summary>
    public bool IsOver => IsLapDone || IsOffField;

    /// <summary>One step of 0.02 s.</summary>
    /// <param name="steer">−1 left to 1 right; beyond 0.4 the front wheels turn no further.</param>
    /// <param name="gas">0 to 1, clipped.</param>
    /// <param name="brake">0 to 1; from 0.9 on the wheels lock.</param>
    /// <returns>The reward.</returns>
    /// <exception cref="NotFiniteException">The action is not finite.</exception>
    public double Step(double steer, double gas, double brake)
    {
        if (!double.IsFinite(steer) || !double.IsFinite(gas) || !double.IsFinite(brake))
            throw new NotFiniteException($"the car cannot steer {steer}, drive {gas}, brake {brake}: all must be finite");
        Car.Steer(steer);
        Car.Gas(gas);
        Car.Brake(brake);
        Advance();
        Score = total;
        total -= StepCost;
        var reward = total - paid;
        paid = total;
        return IsOffField ? LostReward : reward;
    }

    /// <inheritdoc/>
    public void Dispose() => world.Dispose();

    private void Advance()
    {
        Car.Step(Timestep);
        world.Step((float)Timestep, VelocityIterations, PositionIterations);
        Tiles.Take(world.Contacts, Car.Wheels, HullTag);
        world.ClearContacts();
        for (var i = 0; i < Tiles.Fresh.Count; i++)
            total += LapReward / Tiles.Count;
        Time += Timestep;
    }
}
