using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>
/// A pendulum whose motor is too weak to lift it at once, to be swung up and held within 8 degrees of the vertical.
/// </summary>
internal sealed class Pendulum : ControlTask
{
    /// <summary>Cosine and sine of the pole against the vertical; its velocity.</summary>
    internal static readonly ObservationEntry[] Observations = [new("orientation", 2), new("velocity", 1)];

    private static readonly double UprightCosine = Math.Cos(double.DegreesToRadians(8));

    private readonly DataView position, velocity, pole;

    /// <summary>Makes the task.</summary>
    /// <param name="options">Seed, camera and picture quality.</param>
    internal Pendulum(ControlTaskOptions options) : base(ModelText.Of("pendulum"), Observations, options)
    {
        (position, velocity) = (Physics.View("qpos"), Physics.View("qvel"));
        pole = Physics.View("xmat", "body", "pole");
    }

    private double Cosine => pole[8];    // R(pole)[2][2]

    /// <inheritdoc/>
    public override double Reward() => Rewards.Tolerance(Cosine, UprightCosine, 1);

    /// <inheritdoc/>
    protected override void Initialise(RandomSource random) =>
        position.Span[0] = random.NextDouble(-Math.PI, Math.PI);

    /// <inheritdoc/>
    protected override void Observe(Span<double> values)
    {
        values[0] = Cosine;
        values[1] = pole[2];    // R(pole)[0][2], its sine
        values[2] = velocity[0];
    }
}
