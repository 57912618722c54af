using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>
/// One process's worth of a run, made anew as a process makes it: directory, environments, agent, log, trainer. Two
/// seed episodes and then one for every five updates, each of ten decisions and thirty environment steps.
/// </summary>
internal sealed class TinyRun : IDisposable
{
    public const int Decisions = 10, EpisodeSteps = 30;

    // Toy sizes lose more by sharing work than they win, and another thread may be busy elsewhere.
    private readonly int threads = Reverie.Torch.Torch.Threads;
    private readonly RunDirectory directory;
    private readonly RunLogger log;

    private TinyRun(string path, ResolvedConfig config, Func<EpisodeLayout, IAgent>? agent, bool restart = false)
    {
        Config = config.Config;
        Reverie.Torch.Torch.Threads = 1;
        directory = RunDirectory.Open(path, config, restart);
        try
        {
            Environments = ParallelEnvironments.Make(Config.Task, Config.Environment, Config.Seed, Config.Model.Sees());
            var layout = EpisodeLayout.From(Environments.ObservationSpace, Environments.ActionSpace);
            Agent = agent?.Invoke(layout) ?? AgentRegistry.Create(Config, layout, Device.Cpu, DType.Float32);
            log = RunLogger.Prepare(path, tensorBoard: false);
            Trainer = Trainer.Create(Config, directory, Agent, Environments, log, Tell);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Config Config { get; }

    public ParallelEnvironments Environments { get; } = null!;

    public IAgent Agent { get; } = null!;

    public Trainer Trainer { get; } = null!;

    /// <summary>What the user was told.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>Called with each line that the user is told.</summary>
    public Action<string> Told { get; set; } = _ => { };

    public static ResolvedConfig Configuration(params string[] set) => ConfigReader.Resolve(new ConfigSources
    {
        Presets = Presets.Stack("planet,tiny,debug"),
        Overrides =
        [
            .. from each in (string[])
            [
                "task=" + BarEnvironment.Task, "environment.time_limit=10", "training.updates_per_episode=5",
                "training.env_steps=150", "training.evaluate_every=5", "training.checkpoint_every=4",
                "replay.chunk_length=6", "model.cnn_depth=2", "model.deter=16", "model.hidden=16", "model.reward_units=16",
                "planner.candidates=8", "planner.elites=2", "planner.horizon=3", .. set,
            ]
               select ConfigOverride.Parse(each),
        ],
    });

    public static TinyRun Open(string path, params string[] set) => new(path, Configuration(set), null);

    public static TinyRun Open(string path, Func<EpisodeLayout, IAgent> agent, params string[] set) =>
        new(path, Configuration(set), agent);

    /// <summary>Opens it to be begun anew.</summary>
    public static TinyRun Restart(string path, params string[] set) => new(path, Configuration(set), null, restart: true);

    /// <summary>Opens, runs to the end, and closes.</summary>
    /// <returns>what the user was told</returns>
    public static List<string> Complete(string path, params string[] set)
    {
        using var run = Open(path, set);
        run.Trainer.Run();
        return run.Lines;
    }

    private void Tell(string line)
    {
        Lines.Add(line);
        Told(line);
    }

    public void Dispose()
    {
        Trainer?.Dispose();
        log?.Dispose();
        Agent?.Dispose();
        Environments?.Dispose();
        directory.Dispose();
        Reverie.Torch.Torch.Threads = threads;
    }
}
