using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>
/// A robot in the vertical plane of x and z: three free coordinates of its torso come first, then joints with limits.
/// </summary>
public abstract class PlanarRobot : ControlTask
{
    /// <summary>How many coordinates belong to the torso.</summary>
    protected const int RootJoints = 3;

    private readonly DataView position, velocity, torsoVelocity;

    /// <summary>Compiles the model, which has a sensor <c>torso_subtreelinvel</c>.</summary>
    /// <param name="model">MJCF text.</param>
    /// <param name="layout">What the observation is made of, in order.</param>
    /// <param name="options">Seed, camera and picture quality.</param>
    /// <param name="substeps">Physics steps per control step.</param>
    protected PlanarRobot(string model, IReadOnlyList<ObservationEntry> layout, ControlTaskOptions options,
        int substeps = 1) : base(model, layout, options, substeps)
    {
        (position, velocity) = (Physics.View("qpos"), Physics.View("qvel"));
        torsoVelocity = Physics.Sensor("torso_subtreelinvel");
    }

    /// <summary>Coordinates of all joints, m and rad.</summary>
    protected Span<double> Position => position.Span;

    /// <summary>Velocities of all joints.</summary>
    protected Span<double> Velocity => velocity.Span;

    /// <summary>Forward velocity of the centre of mass, m/s.</summary>
    protected double Speed => torsoVelocity[0];

    /// <summary>Draws the joints with limits uniformly within them.</summary>
    protected void DrawLimbs(RandomSource random)
    {
        var range = Physics.Model("jnt_range");    // (njnt, 2)
        for (var joint = RootJoints; joint < Position.Length; joint++)
            Position[joint] = random.NextDouble(range[2 * joint], range[2 * joint + 1]);
    }
}
