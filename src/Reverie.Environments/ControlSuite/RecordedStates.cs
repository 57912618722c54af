using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>Puts the states of a recording into a task.</summary>
internal sealed class RecordedStates
{
    private const int FreeJoint = 0, BallJoint = 1;    // of mjtJoint
    private const int MostNudges = 32;
    private const double Ulp = 1.0 / (1L << 52);    // of 1

    private readonly Physics physics;
    private readonly ModelValues modelValues;
    private readonly int[] quaternions;    // where they begin in qpos

    /// <summary>Serves one task and the recording of one episode of it.</summary>
    internal RecordedStates(Physics physics, IReadOnlyList<ReferenceFile.ModelValue> modelValues)
    {
        this.physics = physics;
        this.modelValues = new ModelValues(physics, modelValues);
        var (types, starts) = (physics.ModelInts("jnt_type").ToArray(), physics.ModelInts("jnt_qposadr").ToArray());
        quaternions = [.. types.Zip(starts, (type, start) => type switch
        {
            FreeJoint => start + 3,    // behind its position
            BallJoint => start,
            _ => -1,
        }).Where(start => start >= 0)];
    }

    /// <summary>Sets positions, velocities and activations after a reset, and the episode's model values.</summary>
    /// <exception cref="ReverieException">The sizes are not those of the model.</exception>
    internal void Put(double[] qpos, double[] qvel, double[] act)
    {
        physics.Reset();
        modelValues.Set();
        Write("qpos", qpos);
        Write("qvel", qvel);
        Write("act", act);
    }

    /// <summary>
    /// Makes the next step the one of the recording. Each solver call overwrites the warm start, so it is written
    /// after the forward pass and not before.
    /// </summary>
    /// <remarks>
    /// MuJoCo 2.2.2 normalises quaternions in every forward pass, and that moves some that were normalised already by
    /// an ulp, of which contacts make 1e-13 and more in one step. Then one of nearly the same length is looked for that
    /// comes out as the recorded one.
    /// </remarks>
    /// <exception cref="ReverieException">The sizes are not those of the model.</exception>
    internal void Resume(ReferenceFile.StateRow row)
    {
        var nudge = 0;
        do
            Forward(row, nudge);
        while (!physics.Qpos.SequenceEqual(row.Qpos) && (nudge = Next(nudge)) <= MostNudges);
        if (nudge > MostNudges)
            Forward(row, 0);    // no such length: it was never normalised
        if (row.QaccWarmstart.Length > 0)
            Write("qacc_warmstart", row.QaccWarmstart);
    }

    /// <summary>Writes a whole array of <c>mjData</c>.</summary>
    /// <exception cref="ReverieException">It has another size.</exception>
    internal void Write(string name, double[] values)
    {
        var target = physics.Data(name);
        if (target.Length != values.Length)
            throw new DataException($"{name} has {values.Length} entries there and {target.Length} in the model");
        values.CopyTo(target);
    }

    // 0, 1, -1, 2, -2, ...
    private static int Next(int nudge) => nudge > 0 ? -nudge : 1 - nudge;

    private void Forward(ReferenceFile.StateRow row, int nudge)
    {
        Put(row.Qpos, row.Qvel, row.Act);
        foreach (var start in quaternions)
            foreach (ref var entry in physics.Qpos.Slice(start, 4))
                entry *= 1 + nudge * Ulp;
        physics.Time = row.Time;
        physics.Forward(quiet: true);
    }
}
