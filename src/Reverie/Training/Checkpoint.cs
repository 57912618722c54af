using System.Text.Json;
using Reverie.Agents;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.IO;
using Reverie.Torch.Nn;

namespace Reverie.Training;

/// <summary>
/// Everything a run needs to go on bit for bit: parameters, moments of the optimizers, counters, the list of episodes,
/// the state of the replay's random source, and how far the log was. Other randomness follows from the seed and the
/// counters.
/// </summary>
public sealed record Checkpoint
{
    private const string StateFile = "state.json", OptimizerFile = "optimizer.safetensors";

    public int Version { get; init; } = RunDirectory.Version;
    public required Counters Counters { get; init; }
    public required ReplayManifest Replay { get; init; }
    public required IReadOnlyList<ulong> ReplayRandom { get; init; }

    /// <summary>Length of <c>metrics.jsonl</c> in bytes.</summary>
    public required long LogPosition { get; init; }

    /// <summary>Bytes in each file of TensorBoard's mirror, by its name; null in checkpoints of versions that did not say.
    /// </summary>
    public IReadOnlyDictionary<string, long>? MirrorPositions { get; init; }

    /// <summary>The average of measurements since the last line of the log.</summary>
    public MetricAverage? Average { get; init; }

    /// <summary>Whether the run was over; null in checkpoints of versions that did not say.</summary>
    public bool? Done { get; init; }

    /// <summary>What the run is over with, as <see cref="Trainer.Goals"/>.</summary>
    public IReadOnlyList<RunGoal>? Goals { get; init; }

    /// <summary>CRC-32 of each file beside <c>state.json</c>, by its name: no format of tensors notices a flipped bit.
    /// </summary>
    public IReadOnlyDictionary<string, uint>? Checksums { get; init; }

    /// <summary>Writes <c>checkpoints/UPDATES/</c>, whole or not at all, and removes the oldest beyond
    /// <paramref name="keep"/>.</summary>
    /// <exception cref="ReverieException">The disk is full or refuses; earlier checkpoints are untouched.</exception>
    public void Save(string directory, IAgent agent, int keep)
    {
        try
        {
            Directory.CreateDirectory(directory);
            AtomicFile.WriteDirectory(PathOf(directory, Counters.Updates), folder =>
            {
                foreach (var (name, module) in agent.Modules)
                    ModuleCheckpoint.Save(Path.Combine(folder, $"{name}.safetensors"), module);
                if (agent.Optimizers.Count > 0)
                    ModuleCheckpoint.SaveOptimizers(Path.Combine(folder, OptimizerFile), Named(agent));
                var whole = this with { Checksums = Sums(folder) };
                File.WriteAllBytes(Path.Combine(folder, StateFile), JsonSerializer.SerializeToUtf8Bytes(whole, Json));
            });
            // Later ones were damaged, or the run would have gone on from them; counted, they would push out good ones.
            var (ours, all) = (PathOf(directory, Counters.Updates), List(directory));
            var good = all.Where(path => string.CompareOrdinal(path, ours) <= 0).ToArray();
            foreach (var old in all.Except(good.TakeLast(keep))) Directory.Delete(old, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"checkpoint not written: {error.Message}; earlier checkpoints are untouched", error);
        }
    }

    /// <summary>Puts back a checkpoint that was being replaced when the process died. For the owner of the run alone:
    /// beside a process at work it would disturb a replacement that goes well.</summary>
    /// <exception cref="ReverieException">The directory cannot be written.</exception>
    public static void Recover(string directory)
    {
        if (!Directory.Exists(directory)) return;
        try
        {
            foreach (var leftover in Directory.GetDirectories(directory, "*.old"))
                AtomicFile.RecoverDirectory(leftover[..^".old".Length]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"{directory}: cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Loads the newest checkpoint that is whole into the agent; null where there is none at all.</summary>
    /// <param name="directory">The run's <c>checkpoints</c>.</param>
    /// <param name="agent">Takes parameters and moments.</param>
    /// <param name="report">Told of each checkpoint that is damaged.</param>
    /// <exception cref="ReverieException">There are checkpoints, but not one of them is whole.</exception>
    public static Checkpoint? LoadNewest(string directory, IAgent agent, Action<string> report)
    {
        if (!Directory.Exists(directory)) return null;
        var folders = List(directory);
        foreach (var folder in folders.Reverse())
        {
            try
            {
                return Load(folder, agent);
            }
            catch (Exception error) when (error is IOException or InvalidDataException or JsonException or TorchException or ArgumentException)
            {
                report($"{folder}: damaged ({error.Message}); going back to the checkpoint before it");
            }
        }
        return folders.Count == 0 ? null : throw new ReverieException(
            $"{directory}: none of {folders.Count} checkpoint(s) can be read; remove this folder to begin the run anew, or choose another --run");
    }

    /// <summary>Loads some modules of another run from its newest checkpoint.</summary>
    /// <param name="directory">Its <c>checkpoints</c>.</param>
    /// <param name="key">The setting that names the run, for complaints.</param>
    /// <param name="modules">Take the parameters, by their names.</param>
    /// <exception cref="ReverieException">There is none, it is damaged, or the modules have other sizes.</exception>
    public static void LoadModules(string directory, string key, IReadOnlyDictionary<string, Module> modules)
    {
        var newest = Directory.Exists(directory) ? List(directory).LastOrDefault() : null;
        if (newest is null) throw new ReverieException($"{key}: {directory} has no checkpoint; train that run first");
        try
        {
            CheckSums(newest, ReadState(newest));
            foreach (var (name, module) in modules)
                ModuleCheckpoint.Load(Path.Combine(newest, $"{name}.safetensors"), module);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or JsonException)
        {
            throw new ReverieException(
                $"{key}: {error.Message}; the checkpoint must be whole, and both runs must have the same sizes", error);
        }
    }

    /// <summary>Folder of the checkpoint made after that many updates.</summary>
    public static string PathOf(string directory, long updates) => Path.Combine(directory, $"{updates:D9}");

    private static Checkpoint Load(string folder, IAgent agent)
    {
        var state = ReadState(folder);
        CheckSums(folder, state);
        foreach (var (name, module) in agent.Modules)
            ModuleCheckpoint.Load(Path.Combine(folder, $"{name}.safetensors"), module);
        if (agent.Optimizers.Count > 0)
            ModuleCheckpoint.LoadOptimizers(Path.Combine(folder, OptimizerFile), Named(agent));
        return state;
    }

    private static Checkpoint ReadState(string folder)
    {
        var state = JsonSerializer.Deserialize<Checkpoint>(File.ReadAllBytes(Path.Combine(folder, StateFile)), Json)
            ?? throw new InvalidDataException($"{StateFile} is empty");
        return state.Version == RunDirectory.Version ? state : throw new ReverieException(
            $"{folder}: version {state.Version} of the format, this program has {RunDirectory.Version}");
    }

    private static void CheckSums(string folder, Checkpoint state)
    {
        foreach (var (name, sum) in state.Checksums ?? new Dictionary<string, uint>())
            if (SumOf(Path.Combine(folder, name)) != sum) throw new InvalidDataException($"{name} has a wrong checksum");
    }

    private static Dictionary<string, uint> Sums(string folder) =>
        Directory.GetFiles(folder).ToDictionary(path => Path.GetFileName(path), SumOf);

    private static uint SumOf(string path) => Crc32.Of(File.ReadAllBytes(path));

    private static (string, Torch.Optim.Adam)[] Named(IAgent agent) => agent.Optimizers.Select(pair => (pair.Key, pair.Value)).ToArray();

    private static IReadOnlyList<string> List(string directory) => Directory.GetDirectories(directory)
        .Where(path => Path.GetFileName(path).All(char.IsAsciiDigit)).Order(StringComparer.Ordinal).ToArray();

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
    };
}
