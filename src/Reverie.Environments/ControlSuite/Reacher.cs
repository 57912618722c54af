using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>An arm of two links, seen from above, whose finger is to touch a target that lies elsewhere in every
/// episode.</summary>
internal sealed class Reacher : ControlTask
{
    /// <summary>Joint angles; x and y from the finger to the target; joint velocities.</summary>
    internal static readonly ObservationEntry[] Observations =
        [new("position", 2), new("to_target", 2), new("velocity", 2)];

    private readonly double targetRadius, fingerRadius;
    private readonly DataView position, velocity, target, finger;

    /// <summary>Makes the task.</summary>
    /// <param name="options">Seed, camera and picture quality.</param>
    /// <param name="targetRadius">Radius of the target in metres.</param>
    internal Reacher(ControlTaskOptions options, double targetRadius)
        : base(ModelText.Of("reacher"), Observations, options)
    {
        this.targetRadius = targetRadius;
        (position, velocity) = (Physics.View("qpos"), Physics.View("qvel"));
        (target, finger) = (Physics.View("geom_xpos", "geom", "target"), Physics.View("geom_xpos", "geom", "finger"));
        fingerRadius = Physics.Model("geom_size", "geom", "finger")[0];
    }

    /// <inheritdoc/>
    public override double Reward()
    {
        var (x, y) = ToTarget();
        return Rewards.Tolerance(Math.Sqrt(x * x + y * y), 0, targetRadius + fingerRadius);
    }

    /// <inheritdoc/>
    protected override void Initialise(RandomSource random)
    {
        var wrist = Physics.Model("jnt_range")[2..4];
        position.Span[0] = random.NextDouble(-Math.PI, Math.PI);
        position.Span[1] = random.NextDouble(wrist[0], wrist[1]);
        Physics.Model("geom_size", "geom", "target")[0] = targetRadius;
        var angle = random.NextDouble(0, 2 * Math.PI);
        var distance = random.NextDouble(0.05, 0.2);
        var place = Physics.Model("geom_pos", "geom", "target");
        (place[0], place[1]) = (distance * Math.Sin(angle), distance * Math.Cos(angle));
    }

    /// <inheritdoc/>
    protected override void Observe(Span<double> values)
    {
        position.Span.CopyTo(values);
        (values[2], values[3]) = ToTarget();
        velocity.Span.CopyTo(values[4..]);
    }

    private (double X, double Y) ToTarget()
    {
        var goal = target.Span;
        var at = finger.Span;
        return (goal[0] - at[0], goal[1] - at[1]);
    }
}
