using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Logging;
using Reverie.Replay.Data;
using Reverie.Runs;
using Reverie.Torch.Ranks;

namespace Reverie.Training;

/// <summary>A run from its configuration to a trained agent: directory, environments, agent, log and trainer, put
/// together the one way there is.</summary>
/// <remarks>To be opened, used and disposed by one thread; several may be at work in a process, each on a thread of its
/// own.</remarks>
/// <example><code>
/// using var run = TrainingRun.Open("runs/mine", ConfigReader.Resolve(new ConfigSources { Presets = ["planet", "small"] }));
/// run.Train(Console.WriteLine);
/// var score = run.Evaluate(episodes: 10, seed: 1);
/// </code></example>
public sealed class TrainingRun : IDisposable
{
    private readonly Config config;
    private readonly RunDirectory directory;
    private readonly RunParts parts;
    private readonly OfflineSource? offline;
    private readonly DataReport? data;
    private Trainer? trainer;    // the one at work, or the last

    private TrainingRun(
        Config config, RunDirectory directory, RunParts parts, OfflineSource? offline, DataReport? data) =>
        (this.config, this.directory, this.parts, this.offline, this.data) =
            (config, directory, parts, offline, data);

    /// <summary>Begins a run in <paramref name="path"/>, or takes up the one that is there.</summary>
    /// <param name="path">The run directory.</param>
    /// <param name="resolved">Its settings.</param>
    /// <param name="offline">Episodes to learn from, in place of playing; null for a run that plays, or that is there
    /// and knows.</param>
    /// <param name="restart">Whether a run that is there is kept aside, in the folder <c>before-1</c> of its directory,
    /// and begun anew.</param>
    /// <exception cref="ReverieException">Another process works on it, it belongs to another configuration, a part of it
    /// is missing or damaged, it cannot be written, or the configuration does not fit this machine. What is there is as
    /// it was.</exception>
    public static TrainingRun Open(
        string path, ResolvedConfig resolved, OfflineSource? offline = null, bool restart = false) =>
        Open(path, resolved, offline, restart, null);

    /// <summary>The same as one of several ranks, each of which has a part of the run.</summary>
    /// <inheritdoc cref="Open(string, ResolvedConfig, OfflineSource, bool)"/>
    /// <param name="path">As there.</param>
    /// <param name="resolved">As there: of all of them together.</param>
    /// <param name="offline">As there.</param>
    /// <param name="restart">As there.</param>
    /// <param name="group">All of them; null for one alone. The caller disposes it.</param>
    internal static TrainingRun Open(
        string path, ResolvedConfig resolved, OfflineSource? offline, bool restart, RankGroup? group)
    {
        var config = group is null ? resolved.Config : AgentRanks.ShareOf(resolved.Config, group.Place);
        offline ??= OfflineSource.Of(path);
        path = RunRanks.FolderOf(path, group?.Rank ?? 0);
        // Before the directory is made: a folder with something wrong in it leaves no run behind.
        var data = offline is null ? null : OfflineTrainer.Demand(resolved.Config, offline, path, restart, group?.Count ?? 1);
        var directory = RunDirectory.Open(path, resolved, restart);
        try
        {
            offline?.DemandSame(directory);
            directory.Ranks = new RunRanks(group);
            return new(config, directory, new RunParts(config, config.Environment.Count),
                offline, data);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Device and precision.</summary>
    public Compute Compute => parts.Compute;

    /// <summary>Who learns. New until <c>Train</c> has loaded the newest checkpoint.</summary>
    public IAgent Agent => parts.Agent;

    /// <summary>Other processes that play for this one; null where it plays itself.</summary>
    internal ActorPool? Actors
    {
        get;
        set => field = value is not null && offline is not null
            ? throw new ConfigurationException($"{directory.Path}: learns from recorded episodes; leave --actors out") : value;
    }

    /// <summary>How far the run is; zeros before <c>Train</c>.</summary>
    public Counters Counters { get; private set; } = new();

    /// <summary>What the run is over with, whichever comes first; none before <c>Train</c> and where that is not
    /// known.</summary>
    public IReadOnlyList<RunGoal> Goals => trainer?.Goals ?? [];

    /// <summary>Goes on from the newest checkpoint until the run is done or <paramref name="cancel"/> asks to stop;
    /// saves either way.</summary>
    /// <param name="logger">Told what the user should know: how the work goes as information, what went wrong and was got
    /// over as warnings.</param>
    /// <param name="sinks">Takers of measurements beside the files of the run directory; disposed where disposable.</param>
    /// <param name="begun">Called when the checkpoint is loaded and the work is about to begin.</param>
    /// <param name="cancel">Asks to stop.</param>
    /// <returns>True where the run is done.</returns>
    /// <exception cref="ReverieException">As <see cref="Trainer.Run"/>.</exception>
    public bool Train(ILogger logger, IReadOnlyList<IMetricSink>? sinks = null, Action? begun = null,
        CancellationToken cancel = default)
    {
        if (!directory.Restarts && RunDirectory.ChangedEnvironment(directory.Path, config.Task) is { } changed)
            logger.Warn(changed);
        using var log = RunLogger.Prepare(directory.Path, tensorBoard: true, [.. sinks ?? []]);
        using var working = trainer = offline is null
            ? Trainer.Create(config, directory, Agent, parts.Environments, log, logger)
            : new OfflineTrainer(config, directory, Agent, parts.Environments, log, logger, offline, data);
        if (working is EpisodeTrainer learner) learner.Actors = Actors;
        if (working is StepTrainer stepping) stepping.Actors = Actors;
        working.Begin();
        begun?.Invoke();
        try
        {
            working.Run(cancel);
            return working.IsDone;
        }
        finally
        {
            Counters = working.Counters;
            Actors?.End();
        }
    }

    /// <summary>The same, with an action that takes the lines.</summary>
    public bool Train(Action<string> report, IReadOnlyList<IMetricSink>? sinks = null, Action? begun = null,
        CancellationToken cancel = default) => Train(new LineLogger(report), sinks, begun, cancel);

    /// <summary>Plays episodes without exploration; the training is not touched.</summary>
    /// <param name="episodes">How many.</param>
    /// <param name="seed">Decides them.</param>
    /// <param name="cancel">Asks to stop.</param>
    /// <param name="logger">Told of environments that crashed.</param>
    /// <exception cref="ReverieException">An environment crashed again and again.</exception>
    public Evaluation Evaluate(int episodes, ulong seed, CancellationToken cancel = default,
        ILogger? logger = null) =>
        new Evaluator(parts.Collector(logger ?? NullLogger.Instance))
            .Evaluate(Agent, episodes, seed, cancel);

    /// <summary>The same, with an action that takes the lines.</summary>
    public Evaluation Evaluate(int episodes, ulong seed, Action<string> report, CancellationToken cancel = default) =>
        Evaluate(episodes, seed, cancel, new LineLogger(report));

    /// <summary>Frees the agent and the environments, and lets other processes work on the run.</summary>
    public void Dispose()
    {
        parts.Dispose();
        directory.Dispose();
    }
}
