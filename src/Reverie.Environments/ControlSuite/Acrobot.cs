using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>
/// Two links of 1 m, driven at the elbow only, whose tip is to be swung up to a target 2 m above the shoulder.
/// </summary>
internal sealed class Acrobot : ControlTask
{
    /// <summary>Sines of both links, then their cosines, against the vertical; joint velocities.</summary>
    internal static readonly ObservationEntry[] Observations = [new("orientations", 4), new("velocity", 2)];

    private readonly double targetRadius;
    private readonly DataView position, velocity, upperArm, lowerArm, target, tip;

    /// <summary>Makes the task.</summary>
    /// <param name="options">Seed, camera and picture quality.</param>
    internal Acrobot(ControlTaskOptions options) : base(ModelText.Of("acrobot"), Observations, options)
    {
        (position, velocity) = (Physics.View("qpos"), Physics.View("qvel"));
        (upperArm, lowerArm) = (Physics.View("xmat", "body", "upper_arm"), Physics.View("xmat", "body", "lower_arm"));
        (target, tip) = (Physics.View("site_xpos", "site", "target"), Physics.View("site_xpos", "site", "tip"));
        targetRadius = Physics.Model("site_size", "site", "target")[0];
    }

    /// <inheritdoc/>
    public override double Reward() => Rewards.Tolerance(TargetDistance(), 0, targetRadius, margin: 1);

    /// <inheritdoc/>
    protected override void Initialise(RandomSource random)
    {
        foreach (ref var angle in position.Span)
            angle = random.NextDouble(-Math.PI, Math.PI);
    }

    /// <inheritdoc/>
    protected override void Observe(Span<double> values)
    {
        values[0] = upperArm[2];    // R[0][2]
        values[1] = lowerArm[2];
        values[2] = upperArm[8];    // R[2][2]
        values[3] = lowerArm[8];
        velocity.Span.CopyTo(values[4..]);
    }

    private double TargetDistance()
    {
        var goal = target.Span;
        var at = tip.Span;
        var (x, y, z) = (goal[0] - at[0], goal[1] - at[1], goal[2] - at[2]);
        return Math.Sqrt(x * x + y * y + z * z);
    }
}
