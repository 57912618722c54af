using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Export;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Torch;
using Reverie.Torch.IO;

namespace Reverie.Policies;

/// <summary>A trained agent, taken from its run to act: in one's own loop, without environments, presets or optimizers. It
/// computes in float32 on the processor.</summary>
/// <remarks>Acting is for one thread at a time. The run is only read: it may be at work.</remarks>
/// <example><code>
/// using var policy = Policy.Load("runs/mine");
/// using var memory = policy.Begin();
/// float[] action = policy.Act(memory, picture);
/// policy.Export("agent.onnx");
/// </code></example>
public sealed class Policy : IDisposable
{
    private readonly string run;
    private readonly AgentFacts facts;
    private readonly Checkpoint? checkpoint;

    private Policy(string run, AgentFacts facts, IAgent agent, Checkpoint? checkpoint) =>
        (this.run, this.facts, Agent, this.checkpoint) = (run, facts, agent, checkpoint);

    /// <summary>Who acts.</summary>
    public IAgent Agent { get; }

    /// <summary>The run's configuration.</summary>
    public Config Config => facts.Config;

    /// <summary>What it sees and does.</summary>
    public EpisodeLayout Layout => facts.Layout;

    /// <summary>How far the run was; zeros where there is none.</summary>
    public Counters Counters => checkpoint?.Counters ?? new();

    /// <summary>Loads the newest checkpoint that is whole.</summary>
    /// <param name="run">Directory of a run, or what <see cref="ExportRun"/> made of one. What the agent sees and does is taken
    /// from there, from the task if that is registered, or from an episode of the run.</param>
    /// <param name="logger">Told of checkpoints that are damaged.</param>
    /// <exception cref="ReverieException">The folder is no run or of another version, has no checkpoint, or nothing says what
    /// its agent sees.</exception>
    public static Policy Load(string run, ILogger? logger = null)
    {
        var path = Path.Combine(run, RunDirectory.ConfigFile);
        if (!File.Exists(path))
            throw new DataException(Directory.Exists(run) ? $"{run}: this is no run: it has no {RunDirectory.ConfigFile}"
                : $"{run}: there is no such run");
        var config = ConfigReader.ReadResolved(path);
        var facts = FactsOf(run, config);
        var agent = AgentRegistry.Create(config, facts.Layout, Device.Cpu, DType.Float32);
        try
        {
            var checkpoint = Checkpoint.LoadToAct(
                Path.Combine(run, RunDirectory.CheckpointFolder), agent, logger ?? NullLogger.Instance)
                ?? throw new DataException($"{run}: this run has no checkpoint yet; train it first, or let it train longer");
            return new(run, facts with { EnvSteps = checkpoint.Counters.EnvSteps }, agent, checkpoint);
        }
        catch
        {
            agent.Dispose();
            throw;
        }
    }

    /// <summary>The same, with an action that takes the lines.</summary>
    public static Policy Load(string run, Action<string> report) => Load(run, new LineLogger(report));

    /// <summary>An agent that one has in place of a run's, to act or to be exported as ONNX.</summary>
    /// <param name="agent">With parameters in float32 on the processor. The policy disposes it.</param>
    /// <param name="config">What it was made by.</param>
    /// <param name="layout">What it sees and does.</param>
    public static Policy Of(IAgent agent, Config config, EpisodeLayout layout) =>
        new("", new(config, layout, 0, [], [], []), agent, null);

    /// <summary>A memory to begin an episode with.</summary>
    /// <param name="seed">Decides what is drawn, where anything is.</param>
    public AgentState Begin(ulong seed = 0) => Agent.Begin(1, seed);

    /// <summary>One decision.</summary>
    /// <param name="memory">Of this policy; a new one begins an episode.</param>
    /// <param name="picture">Bytes (H, W, C); empty where the agent sees none.</param>
    /// <param name="vector">Empty where the agent sees none.</param>
    /// <param name="mode">With draws or without.</param>
    /// <param name="mask">(A), what may be chosen now, at least one of each choice; empty where actions have no mask.</param>
    /// <returns>(A): in [−1, 1], or one-hot where choices are made.</returns>
    /// <exception cref="ReverieException">A picture, a vector or a mask has not the size that the agent takes, or the mask allows
    /// nothing.</exception>
    public float[] Act(AgentState memory, byte[]? picture = null, float[]? vector = null,
        ActMode mode = ActMode.Deterministic, bool[]? mask = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        var row = new TimeStep
        {
            Image = picture ?? [], Vector = vector ?? [], ActionMask = mask ?? [], IsFirst = memory.Latent is null,
        };
        if (RowRule.FaultOfMask(row, Layout.Groups) is { } fault)
            throw new EnvironmentException($"what is seen does not fit the agent, which does {Layout.Groups}: {fault}");
        return Agent.Act([row], memory, mode);
    }

    /// <summary>Writes the agent as ONNX, for programs without libtorch: <c>docs/deploy.md</c> says how they play it.</summary>
    /// <param name="path">The file of the decision, <c>.onnx</c>; others come to lie beside it.</param>
    /// <param name="options">What is to be in the files; a decision without draws unless given.</param>
    /// <returns>The files that were written.</returns>
    /// <exception cref="ReverieException">The agent has no step that can be exported, a file is there already, or the disk
    /// refuses.</exception>
    public IReadOnlyList<string> Export(string path, ExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return AgentExport.Write(Agent, facts, path, options ?? new());
    }

    /// <summary>Writes what acting needs of the run, and no more, as a folder that <see cref="Load(string, ILogger?)"/>
    /// takes.</summary>
    /// <param name="folder">A new one.</param>
    /// <exception cref="ReverieException">It is there already, the disk refuses, or the policy is of no run.</exception>
    public void ExportRun(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (checkpoint is null)
            throw new ConfigurationException("an agent without a run cannot be given away as one: load the policy from a run");
        if (Path.Exists(folder)) throw new DataException($"{folder} is there already; name a new folder");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, ".."));
            AtomicFile.WriteNewDirectory(folder, inside =>
            {
                foreach (var name in new[] { RunDirectory.FactsFile, RunDirectory.ConfigFile })
                    if (File.Exists(Path.Combine(run, name)))
                        File.Copy(Path.Combine(run, name), Path.Combine(inside, name));
                new PolicyFile
                {
                    Picture = Layout.Image is { } image ? [image.Height, image.Width, image.Channels] : [],
                    VectorSize = Layout.VectorSize,
                    Groups = Layout.Groups.Sizes,
                    IsMasked = Layout.Groups.IsMasked,
                    ActionNames = facts.ActionNames,
                    ActionLow = facts.ActionLow,
                    ActionHigh = facts.ActionHigh,
                }.Write(inside);
                checkpoint.SaveToAct(Path.Combine(inside, RunDirectory.CheckpointFolder), Agent);
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder}: cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Frees the agent.</summary>
    public void Dispose() => Agent.Dispose();

    private static AgentFacts FactsOf(string run, Config config)
    {
        if (PolicyFile.Read(run) is { } kept)
            return new(config, kept.Layout, 0, kept.ActionNames, kept.ActionLow, kept.ActionHigh);
        TaskInfo task;
        try
        {
            task = EnvironmentRegistry.Find(config.Task);
        }
        catch (ReverieException unknown)
        {
            return new(config, LayoutOfEpisodes(run, unknown.Message), 0, [], [], []);
        }
        RunSpaces.DemandSame(run, config);
        var layout = EpisodeLayout.From(
            EnvironmentRegistry.ObservationSpaceOf(config.Task, config.Environment, config.Model.Sees()),
            EnvironmentRegistry.ActionSpaceOf(config.Task, config.Environment));
        var named = task.ActionNames.Count == layout.ActionSize ? task.ActionNames : [];
        var box = config.Environment.Discretize > 0 ? null : task.ActionSpace as BoxSpace;
        return new(config, layout, 0, named, box?.Low ?? [], box?.High ?? []);
    }

    // A program that only plays need not know the task, whose episodes say what the agent sees.
    private static EpisodeLayout LayoutOfEpisodes(string run, string unknown)
    {
        var store = EpisodeStore.Look(Path.Combine(run, "episodes"));
        foreach (var file in store.Files)
        {
            if (store.TryRead(file) is not { } episode) continue;
            var layout = episode.Layout;
            if (layout.Groups.Count > 1 || layout.Groups.IsMasked) return layout;
            var choices = layout.ActionSize > 1 && (layout with { OneHot = true }).Accepts(episode);
            return layout with { OneHot = choices };
        }
        throw new DataException($"{run}: nothing says what its agent sees: {unknown}, and the run has no episodes; register the "
            + "task, or export the run where it was trained");
    }
}
