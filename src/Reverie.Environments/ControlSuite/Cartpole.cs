namespace Reverie.Environments.ControlSuite;

/// <summary>
/// A pole on a cart. Observation (5): cart position, cosine and sine of the pole, cart and pole velocity.
/// </summary>
/// <param name="options">Seed, camera and picture quality.</param>
/// <param name="swingUp">Starts with the pole hanging rather than nearly upright.</param>
/// <param name="sparse">Rewards 1 near the goal and 0 elsewhere, rather than smoothly.</param>
internal sealed class Cartpole(ControlTaskOptions options, bool swingUp, bool sparse)
    : ControlTask("cartpole", observationSize: 5, options)
{
    private int pole = -1;

    private double Cosine => Rotation(8);    // R(pole)[2][2]

    private double Sine => Rotation(2);      // R(pole)[0][2]

    /// <inheritdoc/>
    public override double Reward() => sparse ? SparseReward() : SmoothReward();

    /// <inheritdoc/>
    protected override void Initialise(RandomSource random)
    {
        var position = Physics.Qpos;
        var velocity = Physics.Qvel;
        position[0] = swingUp ? 0.01 * random.NextGaussian() : random.NextDouble(-0.1, 0.1);
        position[1] = swingUp ? Math.PI + 0.01 * random.NextGaussian() : random.NextDouble(-0.034, 0.034);
        velocity[0] = 0.01 * random.NextGaussian();
        velocity[1] = 0.01 * random.NextGaussian();
    }

    /// <inheritdoc/>
    protected override void Observe(Span<double> values)
    {
        values[0] = Physics.Qpos[0];
        values[1] = Cosine;
        values[2] = Sine;
        values[3] = Physics.Qvel[0];
        values[4] = Physics.Qvel[1];
    }

    private double SparseReward() =>
        Rewards.Tolerance(Physics.Qpos[0], -0.25, 0.25) * Rewards.Tolerance(Cosine, 0.995, 1);

    private double SmoothReward()
    {
        var upright = (Cosine + 1) / 2;
        var centred = (1 + Rewards.Tolerance(Physics.Qpos[0], margin: 2)) / 2;
        var small = Rewards.Tolerance(Physics.Ctrl[0], margin: 1, shape: Falloff.Quadratic, atMargin: 0);
        var slow = Rewards.Tolerance(Physics.Qvel[1], margin: 5);
        return upright * ((4 + small) / 5) * ((1 + slow) / 2) * centred;
    }

    private double Rotation(int entry)
    {
        if (pole < 0)
            pole = Physics.Id("body", "pole_1");
        return Physics.Data("xmat")[9 * pole + entry];
    }
}
