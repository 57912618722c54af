using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;

namespace Reverie.Runs;

/// <summary>What the agent of a run sees and does. It is noted when the run begins, since an environment can be built anew with
/// other spaces of the same size, in which what was learned means nothing.</summary>
/// <param name="Rows">What a row is made of.</param>
/// <param name="Vector">What its vector is made of, in order; empty where nobody says.</param>
internal sealed record RunSpaces(string Rows, string Vector)
{
    /// <summary>Those of a configuration; null where its task cannot be asked.</summary>
    public static RunSpaces? Of(Config config)
    {
        try
        {
            var seen = config.Model.Sees();
            var layout = EpisodeLayout.From(EnvironmentRegistry.ObservationSpaceOf(config.Task, config.Environment, seen),
                EnvironmentRegistry.ActionSpaceOf(config.Task, config.Environment));
            return new($"{layout}", layout.VectorSize == 0 || config.Tasks.Count > 1 ? "" : string.Join(", ",
                EnvironmentRegistry.Find(config.Task).Observations.Select(entry => $"{entry.Name} {entry.Size}")));
        }
        catch (ReverieException)
        {
            return null;        // whoever makes the environment tells of this
        }
    }

    /// <summary>Complains where the environment has other spaces than when the run began.</summary>
    /// <param name="run">The run's directory.</param>
    /// <param name="config">Its configuration.</param>
    /// <exception cref="DataException">So it is.</exception>
    public static void DemandSame(string run, Config config)
    {
        if (RunDirectory.Remembered(run, "rows").Word is not { } rows || Of(config) is not { } now) return;
        var vector = RunDirectory.Remembered(run, "vector").Word ?? "";
        var (before, after) = rows != now.Rows ? (rows, now.Rows)
            : vector != now.Vector && vector.Length > 0 && now.Vector.Length > 0 ? ($"a vector of {vector}", $"one of {now.Vector}")
            : ("", "");
        if (before.Length > 0)
            throw new DataException($"{run}: learned with {before}; {AssemblyTasks.ShortName(config.Task)} now has {after}: build the "
                + "environment as it was, or choose another --run");
    }
}
