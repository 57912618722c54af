using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Reverie.Agents;

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

    /// <summary>What tells the whole checkpoints of a run apart, the oldest first: the same on all ranks that were there when one
    /// was written.</summary>
    internal static IReadOnlyList<(string Mark, string Folder, int Ranks)> Marks(string directory, ILogger logger)
    {
        var marks = new List<(string, string, int)>();
        foreach (var folder in CheckpointFolders.Candidates(directory))
        {
            try
            {
                var state = ReadState(folder);
                CheckSums(folder, state);
                var now = state.Counters;
                marks.Add(($"update {now.Updates} ({now.EnvSteps} environment steps, {now.Decisions} decisions, {now.Episodes} episodes, "
                    + $"evaluated at {now.EvaluatedAt}, tested at {now.TestedAt})", folder, state.Ranks ?? 1));
            }
            catch (Exception error) when (IsDamage(error))
            {
                logger.Warn($"{folder}: damaged ({error.Message})");
            }
        }
        return marks;
    }

    /// <summary>Loads one of <see cref="Marks"/>.</summary>
    internal static Checkpoint LoadFrom(string folder, IAgent agent) => Load(folder, agent, toLearn: true);
}
