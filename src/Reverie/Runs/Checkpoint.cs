using System.Text.Json;
using System.Text.Json.Serialization;
using Reverie.Agents;
using Reverie.Replay;
using Reverie.Torch.IO;

namespace Reverie.Runs;

/// <summary>
/// Everything a run needs to go on bit for bit: parameters, moments of the optimizers, counters, the list of episodes,
/// the state of the replay's random source, and how far the log was; of a run that learns while episodes go on also the
/// streams of rows, with their latents. Other randomness follows from the seed and the counters.
/// </summary>
public sealed partial record Checkpoint
{
    private const string StateFile = "state.json", OptimizerFile = "optimizer.safetensors";
    private const int RandomWords = 4;

    /// <summary>Version of the format.</summary>
    [JsonRequired]
    public int Version { get; init; } = RunDirectory.Version;

    /// <summary>How far the run was.</summary>
    public required Counters Counters { get; init; }

    /// <summary>Its episodes.</summary>
    public required ReplayManifest Replay { get; init; }

    /// <summary>State of what draws its chunks.</summary>
    public required IReadOnlyList<ulong> ReplayRandom { get; init; }

    /// <summary>Length of <c>metrics.jsonl</c> in bytes.</summary>
    public required long LogPosition { get; init; }

    /// <summary>CRC-32 of these bytes; null in checkpoints of versions that did not keep it.</summary>
    public uint? LogChecksum { get; init; }

    /// <summary>Bytes in each file of TensorBoard's mirror, by its name; null in checkpoints of versions that did not say.
    /// </summary>
    public IReadOnlyDictionary<string, long>? MirrorPositions { get; init; }

    /// <summary>The average of measurements since the last line of the log.</summary>
    public MetricAverage? Average { get; init; }

    /// <summary>Whether the run was over; null in checkpoints of versions that did not say.</summary>
    public bool? Done { get; init; }

    /// <summary>What the run is over with, as <c>Trainer.Goals</c>.</summary>
    public IReadOnlyList<RunGoal>? Goals { get; init; }

    /// <summary>What it was computed with; null in checkpoints of versions that did not say.</summary>
    public ComputeRecord? Compute { get; init; }

    /// <summary>CRC-32 of each file beside <c>state.json</c>, by its name: no format of tensors notices a flipped bit.
    /// </summary>
    public IReadOnlyDictionary<string, uint>? Checksums { get; init; }

    /// <summary>Bytes of the same files, so that one that grew is not read.</summary>
    public IReadOnlyDictionary<string, long>? Lengths { get; init; }

    /// <summary>What a run that learns while episodes go on has beside; null for all others.</summary>
    public StepState? Steps { get; init; }

    /// <summary>CRC-32 of files that were derived from the episodes, by their names; null where there are none.</summary>
    public IReadOnlyDictionary<string, uint>? Encodings { get; init; }

    /// <summary>Whether all that it relies on can be verified: <c>state.json</c>, the log, the episodes.</summary>
    [JsonIgnore]
    internal bool IsSealed { get; private init; }

    /// <summary>Where it was read.</summary>
    [JsonIgnore]
    internal string Folder { get; private init; } = "";

    /// <summary>Writes <c>checkpoints/UPDATES/</c>, whole or not at all, and removes the oldest beyond
    /// <paramref name="keep"/>.</summary>
    /// <param name="directory">The run's <c>checkpoints</c>.</param>
    /// <param name="agent">Gives parameters and moments.</param>
    /// <param name="keep">Checkpoints that are kept.</param>
    /// <param name="beside">Writes what else belongs into the folder that it is given.</param>
    /// <exception cref="DataException">The disk is full or refuses; earlier checkpoints are untouched.</exception>
    public void Save(string directory, IAgent agent, int keep, Action<string>? beside = null) =>
        Save(directory, agent, keep, beside, toLearn: true);

    private void Save(string directory, IAgent agent, int keep, Action<string>? beside, bool toLearn, Action? together = null)
    {
        try
        {
            Directory.CreateDirectory(directory);
            AtomicFile.WriteDirectory(CheckpointFolders.PathOf(directory, Counters.Updates), folder =>
            {
                foreach (var (name, module) in agent.Modules)
                    ModuleCheckpoint.Save(Path.Combine(folder, $"{name}.safetensors"), module);
                if (toLearn && agent.Optimizers.Count > 0)
                    ModuleCheckpoint.SaveOptimizers(Path.Combine(folder, OptimizerFile), Named(agent));
                beside?.Invoke(folder);
                SealIn(folder);
                together?.Invoke();
            });
            together?.Invoke();
            // Later ones were damaged, or the run would have gone on from them; counted, they would push out good ones.
            var ours = CheckpointFolders.PathOf(directory, Counters.Updates);
            var good = CheckpointFolders.List(directory).Where(path => string.CompareOrdinal(path, ours) <= 0).ToArray();
            foreach (var old in good.SkipLast(keep)) Directory.Delete(old, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ReverieException)
        {
            throw new DataException($"checkpoint not written: {error.Message}; earlier checkpoints are untouched", error);
        }
    }

    /// <summary>Writes what acting needs: parameters and counters, no moments, no rows, no list of episodes.</summary>
    /// <param name="directory">The <c>checkpoints</c> of another folder.</param>
    /// <param name="agent">Gives the parameters.</param>
    /// <exception cref="DataException">The disk is full or refuses.</exception>
    internal void SaveToAct(string directory, IAgent agent) =>
        (this with
        {
            Replay = new([], 0, 0, Replay.NextNumber, []), LogPosition = 0, LogChecksum = null, MirrorPositions = null,
            Average = null, Steps = null, Encodings = null,
        }).Save(directory, agent, keep: 1, beside: null, toLearn: false);

    /// <summary>Folder of the checkpoint made after that many updates.</summary>
    public static string PathOf(string directory, long updates) => CheckpointFolders.PathOf(directory, updates);

    private static (string, Torch.Optim.Optimizer)[] Named(IAgent agent) =>
        agent.Optimizers.Select(pair => (pair.Key, pair.Value)).ToArray();

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };
}
