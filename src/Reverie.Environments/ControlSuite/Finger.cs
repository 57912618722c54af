using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>
/// A finger of two links beside a body that turns freely on a hinge, the spinner: to be spun fast, or to be turned
/// until its tip lies in a target.
/// </summary>
internal sealed class Finger : ControlTask
{
    /// <summary>Joint angles of the finger, x and z from the hinge to the spinner's tip; velocities of the three
    /// joints; ln(1 + force) on both sides of the fingertip.</summary>
    internal static readonly ObservationEntry[] SpinObservations =
        [new("position", 4), new("velocity", 3), new("touch", 2)];

    /// <summary>The same; then x and z from the hinge to the target, and the distance from the spinner's tip to the
    /// target's edge, negative inside.</summary>
    internal static readonly ObservationEntry[] TurnObservations =
        [.. SpinObservations, new("target_position", 2), new("dist_to_target", 1)];

    private const double SpinVelocity = 15;    // rad/s
    private const double SpinDamping = 0.03;    // of the hinge while spinning
    private const int MostTries = 1000;

    private readonly double? targetRadius;
    private readonly DataView position, proximal, distal, tip, target, spinner, touchTop, touchBottom;
    private readonly DataView proximalVelocity, distalVelocity, hingeVelocity;

    /// <summary>Makes the task.</summary>
    /// <param name="options">Seed, camera and picture quality.</param>
    /// <param name="targetRadius">Radius of the target in metres that the tip is turned into; null to spin.</param>
    internal Finger(ControlTaskOptions options, double? targetRadius = null)
        : base(ModelText.Of("finger"), targetRadius is null ? SpinObservations : TurnObservations, options, substeps: 2)
    {
        this.targetRadius = targetRadius;
        position = Physics.View("qpos");
        (proximal, distal) = (Physics.Sensor("proximal"), Physics.Sensor("distal"));
        proximalVelocity = Physics.Sensor("proximal_velocity");
        distalVelocity = Physics.Sensor("distal_velocity");
        hingeVelocity = Physics.Sensor("hinge_velocity");
        (tip, target, spinner) = (Physics.Sensor("tip"), Physics.Sensor("target"), Physics.Sensor("spinner"));
        (touchTop, touchBottom) = (Physics.Sensor("touchtop"), Physics.Sensor("touchbottom"));
    }

    /// <inheritdoc/>
    public override double Reward()
    {
        var reached = targetRadius is { } radius ? TargetDistance(radius) <= 0 : hingeVelocity[0] <= -SpinVelocity;
        return reached ? 1 : 0;
    }

    /// <inheritdoc/>
    protected override void Initialise(RandomSource random)
    {
        if (targetRadius is { } radius)
            PlaceTarget(random.NextDouble(-Math.PI, Math.PI), radius);
        else
            PrepareSpin();
        for (var tries = 0; tries < MostTries; tries++)
        {
            DrawJoints(random);
            Physics.Forward(quiet: true);
            if (Physics.Contacts == 0)
                return;
        }
        throw new EnvironmentException($"no start of the finger without contact was found in {MostTries} tries");
    }

    /// <inheritdoc/>
    protected override void Observe(Span<double> values)
    {
        (values[0], values[1]) = (proximal[0], distal[0]);
        (values[2], values[3]) = Across(spinner, tip);
        (values[4], values[5], values[6]) = (proximalVelocity[0], distalVelocity[0], hingeVelocity[0]);
        (values[7], values[8]) = (Math.Log(1 + touchTop[0]), Math.Log(1 + touchBottom[0]));
        if (targetRadius is not { } radius)
            return;
        (values[9], values[10]) = Across(spinner, target);
        values[11] = TargetDistance(radius);
    }

    private void PlaceTarget(double angle, double radius)
    {
        var hinge = Physics.Model("body_pos", "body", "spinner");
        var reach = Physics.Model("site_pos", "site", "tip")[2];    // of the tip from the hinge
        var place = Physics.Model("site_pos", "site", "target");
        (place[0], place[2]) = (hinge[0] + reach * Math.Sin(angle), hinge[2] + reach * Math.Cos(angle));
        Physics.Model("site_size", "site", "target")[0] = radius;
    }

    private void PrepareSpin()
    {
        var hinge = Physics.ModelInts("jnt_dofadr")[Physics.Id("joint", "hinge")];
        Physics.Model("dof_damping")[hinge] = SpinDamping;
        var colours = Physics.ModelFloats("site_rgba");    // (nsite, 4)
        foreach (var site in (string[])["target", "tip"])
            colours[4 * Physics.Id("site", site) + 3] = 0;    // not seen
    }

    private void DrawJoints(RandomSource random)
    {
        var q = position.Span;
        var range = Physics.Model("jnt_range");    // (njnt, 2)
        q[0] = random.NextDouble(range[0], range[1]);
        q[1] = random.NextDouble(range[2], range[3]);
        q[2] = random.NextDouble(-Math.PI, Math.PI);
    }

    private double TargetDistance(double radius)
    {
        var (x, z) = Across(tip, target);
        return Math.Sqrt(x * x + z * z) - radius;
    }

    private static (double X, double Z) Across(DataView from, DataView to)
    {
        var start = from.Span;
        var end = to.Span;
        return (end[0] - start[0], end[2] - start[2]);
    }
}
