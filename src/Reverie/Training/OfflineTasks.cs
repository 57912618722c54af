using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Replay.Data;

namespace Reverie.Training;

/// <summary>The tasks <c>offline:DIR</c>: a folder of episodes whose environment nobody has. An agent can learn from
/// it, and nothing can be played.</summary>
public static class OfflineTasks
{
    /// <summary>What the names begin with; the folder follows.</summary>
    public const string Prefix = "offline:";

    /// <summary>Makes them known to the <see cref="EnvironmentRegistry"/>.</summary>
    public static void Register() => EnvironmentRegistry.RegisterFamily(Prefix, Of);

    /// <summary>Whether a task is one of them.</summary>
    public static bool Owns(string task) => task.StartsWith(Prefix, StringComparison.Ordinal);

    private static (TaskInfo, Func<EnvironmentConfig, int, IEnvironment>) Of(string task)
    {
        var layout = new DataFolder(task[Prefix.Length..]).Check() switch
        {
            { Layout: { } there } => there,
            var report => throw new ReverieException($"{report.Directory}: {report.Findings[0]}"),
        };
        var info = new TaskInfo
        {
            Task = task, Domain = "data", ObservationSpace = Observations(layout),
            ActionSpace = layout.OneHot
                ? new DiscreteSpace(layout.ActionSize)
                : BoxSpace.Uniform(layout.ActionSize, -1, 1),
        };
        return (info, (_, _) => new NoEnvironment(info));
    }

    private static Space Observations(EpisodeLayout layout)
    {
        var vector = BoxSpace.Uniform(layout.VectorSize, float.NegativeInfinity, float.PositiveInfinity);
        return layout.Image is not { } image ? vector : layout.VectorSize > 0 ? new MixedSpace(image, vector) : image;
    }

    /// <summary>Has the spaces of the data, and nothing behind them.</summary>
    private sealed class NoEnvironment(TaskInfo info) : IEnvironment
    {
        public Space ObservationSpace => info.ObservationSpace;

        public Space ActionSpace => info.ActionSpace;

        public TimeStep Reset(int? seed = null) =>
            throw new ReverieException($"{info.Task} is a folder of episodes: there is nothing to play in");

        public TimeStep Step(ReadOnlySpan<float> action) => Reset();

        public void Dispose()
        {
        }
    }
}
