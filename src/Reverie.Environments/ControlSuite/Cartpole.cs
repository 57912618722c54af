using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>A pole on a cart, to be swung up or balanced by pushing the cart.</summary>
internal sealed class Cartpole : ControlTask
{
    /// <summary>Cart position, cosine and sine of the pole; cart and pole velocity.</summary>
    internal static readonly ObservationEntry[] Observations = [new("position", 3), new("velocity", 2)];

    private readonly bool swingUp, sparse;
    private readonly DataView position, velocity, control, pole;

    /// <summary>Makes the task.</summary>
    /// <param name="options">Seed, camera and picture quality.</param>
    /// <param name="swingUp">Starts with the pole hanging rather than nearly upright.</param>
    /// <param name="sparse">Rewards 1 near the goal and 0 elsewhere, rather than smoothly.</param>
    internal Cartpole(ControlTaskOptions options, bool swingUp, bool sparse)
        : base(ModelText.Of("cartpole"), Observations, options)
    {
        (this.swingUp, this.sparse) = (swingUp, sparse);
        (position, velocity, control) = (Physics.View("qpos"), Physics.View("qvel"), Physics.View("ctrl"));
        pole = Physics.View("xmat", "body", "pole_1");
    }

    private double Cosine => pole[8];    // R(pole)[2][2]

    private double Sine => pole[2];      // R(pole)[0][2]

    /// <inheritdoc/>
    public override double Reward() => sparse ? SparseReward() : SmoothReward();

    /// <inheritdoc/>
    protected override void Initialise(RandomSource random)
    {
        var q = position.Span;
        var v = velocity.Span;
        q[0] = swingUp ? 0.01 * random.NextGaussian() : random.NextDouble(-0.1, 0.1);
        q[1] = swingUp ? Math.PI + 0.01 * random.NextGaussian() : random.NextDouble(-0.034, 0.034);
        v[0] = 0.01 * random.NextGaussian();
        v[1] = 0.01 * random.NextGaussian();
    }

    /// <inheritdoc/>
    protected override void Observe(Span<double> values)
    {
        values[0] = position[0];
        values[1] = Cosine;
        values[2] = Sine;
        velocity.Span.CopyTo(values[3..]);
    }

    private double SparseReward() =>
        Rewards.Tolerance(position[0], -0.25, 0.25) * Rewards.Tolerance(Cosine, 0.995, 1);

    private double SmoothReward()
    {
        var upright = (Cosine + 1) / 2;
        var centred = (1 + Rewards.Tolerance(position[0], margin: 2)) / 2;
        var small = Rewards.Tolerance(control[0], margin: 1, shape: Falloff.Quadratic, atMargin: 0);
        var slow = Rewards.Tolerance(velocity[1], margin: 5);
        return upright * ((4 + small) / 5) * ((1 + slow) / 2) * centred;
    }
}
