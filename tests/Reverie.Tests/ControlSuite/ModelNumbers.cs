using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;

namespace Reverie.Tests.ControlSuite;

/// <summary>What a domain's compiled model has to be, to the digits that were written down of the original.</summary>
internal sealed record ModelNumbers
{
    private const double Digits = 1e-7;    // relative; inertias were written with eight

    public required (int Nq, int Nv, int Nu, int Na, int Bodies, int Geoms) Sizes { get; init; }

    public required double Mass { get; init; }

    public required double MeanInertia { get; init; }

    public required double Extent { get; init; }

    public required double[] Centre { get; init; }

    internal void Agree(string name)
    {
        using var task = ControlSuiteTasks.Make(name);
        var physics = task.Physics;
        Assert.Equal(Sizes, (physics.Nq, physics.Nv, physics.Nu, physics.Na,
            physics.ModelInts("nbody")[0], physics.ModelInts("ngeom")[0]));
        Close([Mass], [physics.Model("body_mass").ToArray().Sum()]);
        Close([MeanInertia, Extent], [physics.Model("stat.meaninertia")[0], physics.Model("stat.extent")[0]]);
        Close(Centre, physics.Model("stat.center"));
    }

    internal static void BodyAgrees(string name, string body, double mass, double[] inertia, double[] position)
    {
        using var task = ControlSuiteTasks.Make(name);
        Close([mass], task.Physics.Model("body_mass", "body", body));
        Close(inertia, task.Physics.Model("body_inertia", "body", body));
        Close(position, task.Physics.Model("body_ipos", "body", body));
    }

    private static void Close(double[] expected, ReadOnlySpan<double> found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var allowed = Digits * Math.Abs(expected[i]) + 1e-12;
            Assert.InRange(found[i], expected[i] - allowed, expected[i] + allowed);
        }
    }
}
