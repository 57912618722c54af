using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Dreams;

/// <summary>The tasks <c>dream:RUN</c>: what the model of a run dreams, as an environment that every agent can learn
/// in.</summary>
public static class DreamTasks
{
    /// <summary>What the names begin with; the directory of a run follows.</summary>
    public const string Prefix = "dream:";

    private const int MostStarts = 100;

    /// <summary>Makes them known to the <see cref="EnvironmentRegistry"/>.</summary>
    public static void Register() => EnvironmentRegistry.RegisterFamily(Prefix, Of);

    private static (TaskInfo, Func<EnvironmentConfig, int, IEnvironment>) Of(string task)
    {
        var run = task[Prefix.Length..];
        using var model = DreamModel.Open(run, precision: DType.Float32);
        var (config, layout) = (model.Config, model.Layout);
        var starts = new Lazy<TimeStep[]>(() => StartsOf(run, config, layout));
        var features = DreamEnvironment.FeaturesOf(model.World);
        var whole = config.EpisodeDecisions();
        var info = new TaskInfo
        {
            Task = task,
            Domain = "dreams",
            ObservationSpace = layout.Image is { } image ? new MixedSpace(image, features) : features,
            ActionSpace = layout.Groups.ToSpace(masked: false),
            EpisodeSteps = whole > 0 ? whole : EpisodeExtent.LongestUnknown,
        };
        return (info, (environment, seed) =>
        {
            var own = DreamModel.Open(run, precision: DType.Float32);
            return new DreamEnvironment(own.World, starts.Value, environment.Temperature, seed, own);
        });
    }

    private static TimeStep[] StartsOf(string run, Config config, EpisodeLayout layout)
    {
        var store = EpisodeStore.Look(Path.Combine(run, "episodes"), config.Seed);
        var starts = store.Files.Take(MostStarts).Select(store.TryRead).OfType<Episode>().Select(episode => new TimeStep
        {
            Image = layout.Image is null ? [] : episode.ImageAt(0).ToArray(),
            Vector = layout.VectorSize > 0 ? episode.VectorAt(0).ToArray() : [],
            IsFirst = true,
        }).ToArray();
        return starts.Length > 0 ? starts
            : throw new DataException($"{run}: has no episode that a dream could begin from");
    }
}
