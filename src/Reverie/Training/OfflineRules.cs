using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Replay.Data;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>What a folder of episodes must be for a configuration to learn from it: the one rule that both
/// <c>data check</c> and <c>train --offline</c> go by.</summary>
public static class OfflineRules
{
    /// <summary>Reads every file once and tells what is in them, and what of it is wrong for these settings.</summary>
    /// <param name="folder">The episodes.</param>
    /// <param name="config">Settings of the run that is to learn from them.</param>
    public static DataReport Check(DataFolder folder, Config config) => Check(folder, config, isOfTask: false);

    /// <summary>The same, of the task that the settings name or of any.</summary>
    /// <inheritdoc cref="Check(DataFolder, Config)"/>
    /// <param name="folder">As there.</param>
    /// <param name="config">As there.</param>
    /// <param name="isOfTask">Whether they must be of the task in <paramref name="config"/>.</param>
    internal static DataReport Check(DataFolder folder, Config config, bool isOfTask)
    {
        var report = folder.Check();
        var faults = Faults(config, report).ToList();
        // What no task could have comes first; without it, this would be said of every task.
        if (isOfTask && faults.Count == 0 && !report.Findings.Any(finding => finding.IsError)
            && FaultOfTask(config, report) is { } foreign)
            faults.Add(foreign);
        return report with
        {
            Findings = [.. faults.Select(what => new DataFinding(true, "", "", null, what)), .. report.Findings],
        };
    }

    /// <summary>As <see cref="Check(DataFolder, Config)"/>, for those who mean to learn from it.</summary>
    /// <exception cref="ReverieException">Something is wrong; the line has the first finding.</exception>
    public static DataReport Demand(DataFolder folder, Config config) => Demand(folder, config, ranks: 1);

    /// <summary>The same, for several who learn together, each from its own share.</summary>
    /// <inheritdoc cref="Demand(DataFolder, Config)"/>
    /// <param name="folder">As there.</param>
    /// <param name="config">As there.</param>
    /// <param name="ranks">How many they are.</param>
    internal static DataReport Demand(DataFolder folder, Config config, int ranks)
    {
        if (FaultOfAgent(config) is { } fault)
            throw new ConfigurationException(fault);
        var data = folder.Demanded(Check(folder, config, isOfTask: true));
        for (var rank = 0; ranks > 1 && rank < ranks; rank++)
            if (!HasChunk(config, [.. data.Lengths.Where((_, n) => IsOf(rank, ranks, n))]))
                throw new ConfigurationException($"{folder.Directory}: {data.Episodes} episodes are too few for "
                    + $"{RankShards.Count(ranks)}, each of which draws chunks from its own; take fewer");
        return data;
    }

    /// <summary>Whether the n-th episode of the folder is a rank's: they take them in turns.</summary>
    /// <param name="rank">Its number.</param>
    /// <param name="ranks">How many there are.</param>
    /// <param name="n">Which episode, from 0.</param>
    internal static bool IsOf(int rank, int ranks, int n) => n % ranks == rank;

    private static string? FaultOfTask(Config config, DataReport report)
    {
        var wanted = EpisodeLayout.From(
            EnvironmentRegistry.ObservationSpaceOf(config.Task, config.Environment, config.Model.Sees()),
            EnvironmentRegistry.ActionSpaceOf(config.Task, config.Environment));
        if (DataFolder.FaultOfFit(report, wanted) is { } misfit) return misfit;
        var due = EnvironmentRegistry.Find(config.Task).Observations;
        return report.Entries.Count == 0 || due.Count == 0 || due.SequenceEqual(report.Entries) ? null
            : $"its vectors are {Names(report.Entries)}, those of task {config.Task} {Names(due)}; write the same ones in the "
                + "same order";
    }

    private static string Names(IEnumerable<ObservationEntry> entries) =>
        string.Join(", ", entries.Select(entry => $"{entry.Name} {entry.Size}"));

    private static IEnumerable<string> Faults(Config config, DataReport report)
    {
        if (FaultOfAgent(config) is { } other)
            yield return other;
        // What is wrong inside the files comes first; without it, this would be said of half of them.
        if (report.Layout is not { } layout || report.Findings.Any(finding => finding.IsError))
            yield break;
        if (layout.Groups is { IsMasked: true, HasChoices: false })
            yield return "'action_mask' says which choices there are, and actions here are continuous; leave it out";
        var (observation, action) = OfflineTasks.Spaces(layout);
        string[] impossible = [.. SpaceRule.FaultsOf(observation, action)];
        foreach (var fault in impossible)
            yield return fault;
        if (impossible.Length == 0 && FaultOfSight(config.Model, layout, observation) is { } blind)
            yield return blind;
        if (!HasChunk(config, report.Lengths))
            yield return FaultOfLengths(config, report.Lengths);
    }

    private static string? FaultOfAgent(Config config)
    {
        if (config.Tasks.Count > 1) return $"task: recorded episodes are of one task; name one of {string.Join(", ", config.Tasks)}";
        if (AgentRegistry.Find(config.Agent).LearnsFromEpisodes) return null;
        string[] able = [.. AgentRegistry.All.Where(kind => kind.LearnsFromEpisodes).Select(kind => kind.Name)];
        return $"agent: {config.Agent} learns while it plays; from episodes alone learn {string.Join(", ", able[..^1])} and "
            + able[^1];
    }

    private static string? FaultOfSight(ModelConfig model, EpisodeLayout layout, Space observation) =>
        layout.Image is null && model.Sees() != ObservationKind.Vector
            ? "there are no pictures; --set model.encoder=vector learns from the vector alone"
        : layout.VectorSize == 0 && model.Sees() != ObservationKind.Pixels
            ? "there is no vector; --set model.encoder=pixels learns from pictures alone"
        : SpaceRule.Unlearnable(ObservationChoice.Of("", observation, model.Sees()));

    // Whether chunks can be drawn is asked of who draws them; of who learns in steps they run over the ends of episodes, and
    // begin with a row before them.
    private static bool HasChunk(Config config, IReadOnlyList<int> lengths) => config.LearnsInSteps
        ? lengths.Sum(rows => (long)rows) > config.Replay.ChunkLength
        : ChunkAdvice.CanDraw(config.Replay, lengths);

    private static string FaultOfLengths(Config config, IReadOnlyList<int> lengths) =>
        config.LearnsInSteps && lengths.Sum(rows => (long)rows) is var all
            ? $"all episodes together have {all} rows, fewer than the {config.Replay.ChunkLength} of replay.chunk_length and the "
                + $"one before them, so --set replay.chunk_length={all - 1}"
            : $"no episode has the {config.Replay.ChunkLength} rows of replay.chunk_length; the longest has {lengths.Max()}, "
                + $"so --set replay.chunk_length={lengths.Max()}";
}
