using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Training;

/// <summary>The tasks <c>dream:RUN</c>: what the model of a run dreams, as an environment that every agent can learn
/// in.</summary>
public static class DreamTasks
{
    /// <summary>What the names begin with; the directory of a run follows.</summary>
    public const string Prefix = "dream:";

    private const int MostStarts = 100, LongestUnknown = 1000;

    /// <summary>Makes them known to the <see cref="EnvironmentRegistry"/>.</summary>
    public static void Register() => EnvironmentRegistry.RegisterFamily(Prefix, Of);

    private static (TaskInfo, Func<EnvironmentConfig, int, IEnvironment>) Of(string task)
    {
        var run = task[Prefix.Length..];
        var path = Path.Combine(run, RunDirectory.ConfigFile);
        if (!File.Exists(path))
            throw new ReverieException($"{task}: {run} is no run: it has no {RunDirectory.ConfigFile}");
        var config = ConfigReader.ReadResolved(path);
        var origin = EnvironmentRegistry.Find(config.Task);
        var layout = EpisodeLayout.From(ObservationChoice.Of(config.Task, origin.ObservationSpace, config.Model.Sees),
            EnvironmentRegistry.ActionSpaceOf(config.Task, config.Environment));
        var starts = new Lazy<TimeStep[]>(() => StartsOf(run, config, layout));
        using var agent = Load(task, run, config, layout);
        var features = DreamEnvironment.FeaturesOf(WorldOf(task, config, agent));
        var whole = config.EpisodeDecisions();
        var info = new TaskInfo
        {
            Task = task,
            Domain = "dreams",
            ObservationSpace = layout.Image is { } image ? new MixedSpace(image, features) : features,
            ActionSpace = DreamEnvironment.ActionsOf(layout),
            EpisodeSteps = whole > 0 ? whole : LongestUnknown,
        };
        return (info, (environment, seed) =>
        {
            var own = Load(task, run, config, layout);
            return new DreamEnvironment(WorldOf(task, config, own), starts.Value, environment.Temperature, seed, own);
        });
    }

    private static IAgent Load(string task, string run, Config config, EpisodeLayout layout)
    {
        var agent = AgentFactory.Create(config, layout, Device.Cpu, DType.Float32);
        try
        {
            _ = Checkpoint.LoadNewest(Path.Combine(run, RunDirectory.CheckpointFolder), agent, _ => { })
                ?? throw new ReverieException($"{task}: the run has no checkpoint yet; train it first");
            return agent;
        }
        catch
        {
            agent.Dispose();
            throw;
        }
    }

    private static ILatentWorld WorldOf(string task, Config config, IAgent agent) => agent switch
    {
        WorldModels parts => parts,
        ModelAgent one => one.Model,
        _ => throw new ReverieException($"{task}: an agent of kind {config.Agent} has no model to dream in"),
    };

    private static TimeStep[] StartsOf(string run, Config config, EpisodeLayout layout)
    {
        var store = new EpisodeStore(Path.Combine(run, "episodes"), config.Seed);
        var starts = store.Files.Take(MostStarts).Select(store.TryRead).OfType<Episode>().Select(episode => new TimeStep
        {
            Image = layout.Image is null ? [] : episode.ImageAt(0).ToArray(),
            Vector = layout.VectorSize > 0 ? episode.VectorAt(0).ToArray() : [],
            IsFirst = true,
        }).ToArray();
        return starts.Length > 0 ? starts
            : throw new ReverieException($"{run}: has no episode that a dream could begin from");
    }
}
