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
        var folder = new DataFolder(task[Prefix.Length..]);
        var report = folder.Check();
        var layout = report.Layout ?? folder.Demanded(report).Layout!;
        var (observation, action) = Spaces(layout);
        var info = new TaskInfo
        {
            Task = task, Domain = "data", ObservationSpace = observation, ActionSpace = action,
            KeepsPictures = true, Observations = report.Entries,
        };
        return (info, (_, _) => new NoEnvironment(info));
    }

    /// <summary>What an environment would show and take that such episodes were played in.</summary>
    internal static (Space Observation, Space Action) Spaces(EpisodeLayout layout) => (Observations(layout),
        layout.Groups.ToSpace());

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
            throw new EnvironmentException($"{info.Task} is a folder of episodes: there is nothing to play in");

        public TimeStep Step(ReadOnlySpan<float> action) => Reset();

        public void Dispose()
        {
        }
    }
}
