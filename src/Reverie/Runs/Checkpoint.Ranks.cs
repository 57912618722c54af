using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Torch.IO;

namespace Reverie.Runs;

// What several ranks, each of which has a part of a checkpoint, need to have the same one.
public sealed partial record Checkpoint
{
    /// <summary>How many ranks have a part of it; null for one alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonInclude]
    internal int? Ranks { get; init; }

    /// <summary>The same of several ranks, each of which has a part: none takes its own for the newest before all are written, and
    /// none removes the one before until all have taken theirs.</summary>
    /// <inheritdoc cref="Save(string, IAgent, int, Action{string})"/>
    /// <param name="directory">As there.</param>
    /// <param name="agent">As there.</param>
    /// <param name="keep">As there.</param>
    /// <param name="beside">As there.</param>
    /// <param name="together">Waits for all ranks; null for one alone.</param>
    internal void Save(string directory, IAgent agent, int keep, Action<string>? beside, Action? together) =>
        Save(directory, agent, keep, beside, toLearn: true, together);

    /// <summary>The whole checkpoints of a run, the oldest first, and what tells each apart: the same on all ranks that were there
    /// when one was written.</summary>
    internal static IReadOnlyList<(string Mark, Checkpoint State)> Marks(string directory, ILogger logger)
    {
        var marks = new List<(string, Checkpoint)>();
        foreach (var folder in CheckpointFolders.Candidates(directory))
        {
            try
            {
                var state = ReadState(folder);
                CheckSums(folder, state);
                var now = state.Counters;
                marks.Add(($"update {now.Updates} ({now.EnvSteps} environment steps, {now.Decisions} decisions, {now.Episodes} episodes, "
                    + $"evaluated at {now.EvaluatedAt}, tested at {now.TestedAt})", state));
            }
            catch (Exception error) when (IsDamage(error))
            {
                logger.Warn($"{folder}: damaged ({error.Message})");
            }
        }
        return marks;
    }

    /// <summary>How many ranks wrote the newest checkpoint that can be read; null where there is none.</summary>
    internal static int? RanksOf(string directory)
    {
        foreach (var folder in CheckpointFolders.Candidates(directory).Reverse())
        {
            try
            {
                return ReadState(folder).Ranks ?? 1;
            }
            catch (Exception error) when (IsDamage(error) || error is DataException)
            {
                // Whoever loads it says so.
            }
        }
        return null;
    }

    /// <summary>Loads one of <see cref="Marks"/>.</summary>
    internal static Checkpoint LoadFrom(string folder, IAgent agent) => Load(folder, agent, toLearn: true);

    /// <summary>Writes <c>state.json</c> into a folder that has all other files of the checkpoint.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    internal void SealIn(string folder)
    {
        var files = Directory.GetFiles(folder);
        var whole = this with
        {
            Checksums = files.ToDictionary(path => Path.GetFileName(path), path => FileSum.Of(path)),
            Lengths = files.ToDictionary(path => Path.GetFileName(path), path => new FileInfo(path).Length),
        };
        File.WriteAllBytes(Path.Combine(folder, StateFile),
            Seal.Json(JsonSerializer.SerializeToUtf8Bytes(whole, Json)));
    }
}
