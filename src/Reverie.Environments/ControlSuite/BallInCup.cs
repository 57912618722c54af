using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>A cup, moved in a vertical plane, that is to catch the ball hanging below it on a string.</summary>
internal sealed class BallInCup : ControlTask
{
    /// <summary>Position of the cup and of the ball, x and z each, from their places in the model; the same of
    /// velocities.</summary>
    internal static readonly ObservationEntry[] Observations = [new("position", 4), new("velocity", 4)];

    private readonly double reachX, reachZ;
    private readonly DataView position, velocity, target, ball;

    /// <summary>Makes the task.</summary>
    /// <param name="options">Seed, camera and picture quality.</param>
    internal BallInCup(ControlTaskOptions options)
        : base(ModelText.Of("ball_in_cup"), Observations, options, substeps: 10)
    {
        (position, velocity) = (Physics.View("qpos"), Physics.View("qvel"));
        (target, ball) = (Physics.View("site_xpos", "site", "target"), Physics.View("xpos", "body", "ball"));
        var inside = Physics.Model("site_size", "site", "target");    // half sizes of the box inside the cup
        var ballRadius = Physics.Model("geom_size", "geom", "ball")[0];
        (reachX, reachZ) = (inside[0] - ballRadius, inside[2] - ballRadius);
    }

    /// <inheritdoc/>
    /// <remarks>1 while the whole ball is inside the cup, else 0.</remarks>
    public override double Reward()
    {
        var goal = target.Span;
        var at = ball.Span;
        return Math.Abs(goal[0] - at[0]) < reachX && Math.Abs(goal[2] - at[2]) < reachZ ? 1 : 0;
    }

    /// <inheritdoc/>
    protected override void Initialise(RandomSource random)
    {
        var q = position.Span;
        do
        {
            q[2] = random.NextDouble(-0.2, 0.2);
            q[3] = random.NextDouble(0.2, 0.5);
            Physics.Forward(quiet: true);
        }
        while (Physics.Contacts > 0);
    }

    /// <inheritdoc/>
    protected override void Observe(Span<double> values)
    {
        position.Span.CopyTo(values);
        velocity.Span.CopyTo(values[4..]);
    }
}
