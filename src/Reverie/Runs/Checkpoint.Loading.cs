using System.Text.Json;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.IO;
using Reverie.Torch.Nn;

namespace Reverie.Runs;

// How checkpoints are read and checked, and what is gone back to where the newest is damaged.
public sealed partial record Checkpoint
{
    /// <summary>Loads the newest checkpoint that is whole into the agent; null where there is none at all. Nothing is
    /// changed on the disk.</summary>
    /// <param name="directory">The run's <c>checkpoints</c>.</param>
    /// <param name="agent">Takes parameters and moments.</param>
    /// <param name="logger">Told of each checkpoint that is damaged.</param>
    /// <exception cref="DataException">There are checkpoints, but not one of them is whole.</exception>
    public static Checkpoint? LoadNewest(string directory, IAgent agent, ILogger logger) =>
        LoadNewest(directory, agent, logger, toLearn: true);

    /// <summary>The same of what acting needs, the parameters alone: the agent cannot go on learning.</summary>
    /// <inheritdoc cref="LoadNewest(string, IAgent, ILogger)"/>
    public static Checkpoint? LoadToAct(string directory, IAgent agent, ILogger logger) =>
        LoadNewest(directory, agent, logger, toLearn: false);

    private static Checkpoint? LoadNewest(string directory, IAgent agent, ILogger logger, bool toLearn)
    {
        var (listed, damage) = (0, new List<string>());
        var loaded = Read(directory, folders =>
        {
            listed = folders.Count;
            damage.Clear();
            return NewestWhole(folders, agent, damage, toLearn);
        });
        foreach (var line in damage) logger.Warn(line);
        return loaded is not null || listed == 0 ? loaded : throw new DataException($"{directory}: none of {listed} "
            + "checkpoint(s) can be read; put one back, choose another --run, or begin this one anew with --restart");
    }

    // A run that goes on removes those that are read here, once it has newer ones; then they are looked for again.
    private static Checkpoint? Read(string directory, Func<IReadOnlyList<string>, Checkpoint?> read)
    {
        const int MostTries = 20;
        for (var tries = 1; ; tries++)
        {
            var folders = CheckpointFolders.Candidates(directory);
            var found = read(folders);
            if (found is not null || tries == MostTries
                || CheckpointFolders.Candidates(directory).LastOrDefault() == folders.LastOrDefault())
                return found;
        }
    }

    private static Checkpoint? NewestWhole(IReadOnlyList<string> folders, IAgent agent, List<string> damage, bool toLearn)
    {
        for (var i = folders.Count - 1; i >= 0; i--)
        {
            try
            {
                return Load(folders[i], agent, toLearn);
            }
            catch (Exception error) when (IsDamage(error))
            {
                damage.Add($"{folders[i]}: damaged ({error.Message})"
                    + (i > 0 ? "; going back to the checkpoint before it" : ""));
            }
        }
        return null;
    }

    /// <summary>The same, with an action that takes the lines.</summary>
    public static Checkpoint? LoadNewest(string directory, IAgent agent, Action<string> report) =>
        LoadNewest(directory, agent, new LineLogger(report));

    /// <summary>Loads some modules of another run from its newest checkpoint.</summary>
    /// <param name="directory">Its <c>checkpoints</c>.</param>
    /// <param name="key">The setting that names the run, for complaints.</param>
    /// <param name="modules">Take the parameters, by their names.</param>
    /// <exception cref="DataException">There is none, it is damaged, or the modules have other sizes.</exception>
    public static void LoadModules(string directory, string key, IReadOnlyDictionary<string, Module> modules) =>
        LoadModules(directory, key, modules, static (_, _) => true);

    /// <summary>The same of some of their parameters.</summary>
    /// <inheritdoc cref="LoadModules(string, string, IReadOnlyDictionary{string, Module})"/>
    /// <param name="directory">As there.</param>
    /// <param name="key">As there.</param>
    /// <param name="modules">As there.</param>
    /// <param name="takes">Whether a parameter is one of them, by the names of module and parameter.</param>
    /// <returns>The checkpoint.</returns>
    internal static Checkpoint LoadModules(string directory, string key, IReadOnlyDictionary<string, Module> modules,
        Func<string, string, bool> takes)
    {
        Exception? fault = null;
        return Read(directory, folders =>
        {
            if (folders.Count == 0)
                throw new DataException($"{key}: {directory} has no checkpoint; train that run first");
            try
            {
                return LoadModules(folders[^1], modules, takes);
            }
            catch (Exception error) when (IsDamage(error))
            {
                fault = error;
                return null;
            }
        }) ?? throw new DataException(
            $"{key}: {fault?.Message}; the checkpoint must be whole, and both runs must have the same sizes", fault);
    }

    private static Checkpoint LoadModules(string folder, IReadOnlyDictionary<string, Module> modules, Func<string, string, bool> takes)
    {
        var state = ReadState(folder);
        CheckSums(folder, state);
        foreach (var (name, module) in modules)
            if (module.NamedParameters().Any(parameter => takes(name, parameter.Name)))
                ModuleCheckpoint.Load(Path.Combine(folder, $"{name}.safetensors"), module, parameter => takes(name, parameter));
        return state;
    }

    private static Checkpoint Load(string folder, IAgent agent, bool toLearn)
    {
        var state = ReadState(folder);
        CheckSums(folder, state);
        if (toLearn && agent.Optimizers.Count > 0 && state.Checksums is { } written && !written.ContainsKey(OptimizerFile))
            throw new DataException($"{folder}: holds what acting needs and no more, as `reverie export --format run` writes it: "
                + "nothing can go on learning from it; take the run itself");
        if (toLearn && agent is IStepAgent learner) state.DemandSteps(learner.LatentRows);
        foreach (var (name, module) in agent.Modules)
            ModuleCheckpoint.Load(Path.Combine(folder, $"{name}.safetensors"), module);
        if (toLearn && agent.Optimizers.Count > 0)
            ModuleCheckpoint.LoadOptimizers(Path.Combine(folder, OptimizerFile), Named(agent));
        return state;
    }

    private static bool IsDamage(Exception error) => error is IOException or UnauthorizedAccessException
        or InvalidDataException or JsonException or TorchException or ArgumentException;

    private static Checkpoint ReadState(string folder)
    {
        var (text, whole) = Seal.OpenJson(RegularFile.ReadAllBytes(Path.Combine(folder, StateFile)));
        var state = JsonSerializer.Deserialize<Checkpoint>(text, Json)
            ?? throw new InvalidDataException($"{StateFile} is empty");
        if (state.Version != RunDirectory.Version) throw new DataException(
            $"{folder}: version {state.Version} of the format, this program has {RunDirectory.Version}");
        return state.Fault(folder) is { } fault ? throw new InvalidDataException($"{StateFile}: {fault}")
            : state with { IsSealed = whole, Folder = folder };
    }

    // What no run has ever written, whoever wrote it.
    private string? Fault(string folder)
    {
        long[] counts = [Counters.EnvSteps, Counters.Decisions, Counters.Updates, Counters.Episodes, Counters.Restarts,
            Counters.EvaluatedAt, Counters.TestedAt, Counters.TestedEnvSteps, LogPosition, Replay.NextNumber];
        var files = Replay.Files.Select(name => name is null ? null : EpisodeFile.TryParse(name)).ToArray();
        return counts.Any(count => count < 0) ? "a count is below zero"
            : Counters.Updates.ToString("D9") != Path.GetFileName(folder).Split('.')[0]
                ? $"it is of update {Counters.Updates}, its folder's name says another"
            : files.Any(file => file is null) || Replay.Files.Distinct().Count() != files.Length
                || files.Length != Replay.Episodes || files.Sum(file => (long)file!.Decisions) != Replay.Decisions
                || (Replay.Checksums?.Count ?? files.Length) != files.Length
                ? "the list of episodes contradicts itself"
            : ReplayRandom.Count != RandomWords || ReplayRandom.All(word => word == 0)
                ? $"replay_random is not {RandomWords} words"
            : Average is { } mean && (mean.Count < 0 || mean.Names.Count != mean.Sums.Count)
                ? "the average contradicts itself"
            : Steps?.Fault(Replay);
    }

    // Rows without their latents, or with those of other sizes, cannot be learned from.
    private void DemandSteps(LatentRows latents)
    {
        if (Steps is null) throw new InvalidDataException($"{StateFile} says nothing of steps");
        if (!Steps.Replay.Latents.Fits(latents))
            throw new InvalidDataException($"it has latents of {Steps.Replay.Latents}, the agent {latents}");
        var lengths = Lengths ?? new Dictionary<string, long>();
        foreach (var name in Steps.Files)
            if (Checksums?.ContainsKey(name) is not true || !lengths.ContainsKey(name))
                throw new InvalidDataException($"{StateFile} has no checksum of {name}");
        if (lengths[StreamFiles.Latents] != Steps.Replay.LatentBytes)
            throw new InvalidDataException($"{StreamFiles.Latents} has {lengths[StreamFiles.Latents]} bytes, the "
                + $"rows need {Steps.Replay.LatentBytes}");
    }

    private static void CheckSums(string folder, Checkpoint state)
    {
        foreach (var (name, sum) in state.Checksums ?? new Dictionary<string, uint>())
        {
            var path = Path.Combine(folder, name);
            using (var file = RegularFile.OpenRead(path))
                if (state.Lengths is { } lengths && lengths.GetValueOrDefault(name) != file.Length)
                    throw new InvalidDataException($"{name} has {file.Length} bytes, {lengths.GetValueOrDefault(name)} "
                        + "were written");
            if (FileSum.Of(path) != sum) throw new InvalidDataException($"{name} has a wrong checksum");
        }
    }
}
