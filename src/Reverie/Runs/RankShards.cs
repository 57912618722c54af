using System.Text.Json;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Torch.IO;

namespace Reverie.Runs;

/// <summary>Deals what the ranks of a run have recorded out to another number of ranks: episodes, with the latents of their
/// rows, go to whoever has the fewest rows; environments begin anew.</summary>
/// <remarks>What is new is written to <c>dealt</c> in the run's folder, whole or not at all, with a list of the episodes to
/// move; from then on the run is one of the new number. Whoever opens it next ends what was broken off.</remarks>
internal static class RankShards
{
    private const string Dealt = "dealt", Moves = "moves.json", Moved = Moves + ".done", Encodings = "encodings";

    /// <summary>Name of the folder of episodes in that of a rank.</summary>
    public const string Episodes = "episodes";

    /// <summary>Names of what a run begins with, in the order in which it is written.</summary>
    public static IReadOnlyList<string> Beginning { get; } = [RunDirectory.FactsFile, "offline.json", RunDirectory.ConfigFile];

    /// <summary>What may lie in a run's folder of it.</summary>
    public static IReadOnlyList<string> Entries { get; } = [Dealt, Dealt + AtomicFile.PartialSuffix];

    /// <summary>Makes a run that another number of ranks has trained one of these, and says so. All ranks call it.</summary>
    /// <param name="run">The run of one of them.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="logger">Told.</param>
    /// <exception cref="ReverieException">A part is missing, there are too few episodes, or the disk refuses.</exception>
    public static void Deal(RunDirectory run, Config config, ILogger logger)
    {
        if (run.Restarts) return;
        try
        {
            if (run.Ranks.Leads) Install(run.Path);
            var before = (int)run.Ranks.Sum(run.Ranks.Leads ? Checkpoint.RanksOf(run.Checkpoints) ?? 0 : 0)[0];
            if (before == 0 || before == run.Ranks.Count) return;
            if (run.Ranks.Leads) Write(run, config, before, logger);
            else DemandSeen(run);
            if (run.Ranks.Leads) Install(run.Path);
            run.Ranks.Together?.Invoke();
            if (run.Ranks.Leads)
                logger.Warn($"{run.Path}: {Count(before)} trained this run, and {Count(run.Ranks.Count)} "
                    + $"go{(run.Ranks.Count == 1 ? "es" : "")} on: episodes are dealt out anew and environments begin anew, so "
                    + "that it is no longer bit for bit what it would have been");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException
            or JsonException)
        {
            throw new DataException($"{run.Path}: cannot be dealt out to {Count(run.Ranks.Count)}: {error.Message}", error);
        }
    }

    /// <summary>Writes <c>dealt</c>.</summary>
    internal static void Write(RunDirectory run, Config config, int before, ILogger logger) =>
        AtomicFile.WriteDirectory(Path.Combine(run.Path, Dealt), folder =>
        {
            new RankDealer(run, config, before, logger).Write(folder);
            DemandSeen(run);
        });

    /// <summary>Makes the run what <c>dealt</c> says, where there is such a folder.</summary>
    internal static void Install(string run)
    {
        var dealt = Path.Combine(run, Dealt);
        if (!Directory.Exists(dealt)) return;
        string[] parts = [.. Directory.GetDirectories(dealt).Order(StringComparer.Ordinal)];
        var targets = parts.Select((_, rank) => RunRanks.FolderOf(run, rank)).ToArray();
        foreach (var (part, target) in parts.Zip(targets))
        {
            Directory.CreateDirectory(Path.Combine(target, Episodes));
            foreach (var name in Beginning)
                if (Path.Combine(part, name) is var from && File.Exists(from) && Path.Combine(target, name) is var to && !File.Exists(to))
                    File.Copy(from, to);
        }
        // All of them, before any new one takes the name of an old one.
        var list = Path.Combine(dealt, Moves);
        if (File.Exists(list))
        {
            foreach (var move in JsonSerializer.Deserialize<string[][]>(File.ReadAllBytes(list))!)
                if (Path.Combine(run, move[0]) is var from && File.Exists(from)) File.Move(from, Path.Combine(run, move[1]));
            File.Move(list, Path.Combine(dealt, Moved));
        }
        foreach (var (part, target) in parts.Zip(targets))
        {
            Remove(Path.Combine(target, Encodings));      // made again where they are asked for
            foreach (var file in Directory.GetFiles(Path.Combine(part, Episodes)))
                File.Move(file, Path.Combine(target, Episodes, Path.GetFileName(file)), overwrite: true);
            var checkpoints = Path.Combine(part, RunDirectory.CheckpointFolder);
            if (!Directory.Exists(checkpoints)) continue;
            Remove(Path.Combine(target, RunDirectory.CheckpointFolder));
            Directory.Move(checkpoints, Path.Combine(target, RunDirectory.CheckpointFolder));
        }
        for (var rank = parts.Length; Directory.Exists(RunRanks.FolderOf(run, rank)); rank++)
            foreach (var name in (string[])[Encodings, RunDirectory.CheckpointFolder])
                Remove(Path.Combine(RunRanks.FolderOf(run, rank), name));
        Remove(dealt);
    }

    /// <summary>So many ranks, in words.</summary>
    public static string Count(int ranks) => ranks == 1 ? "1 rank" : $"{ranks} ranks";

    /// <summary>Writes which episodes are to be moved.</summary>
    /// <param name="folder">That becomes <c>dealt</c>.</param>
    /// <param name="moves">From where to where, both in the run's folder.</param>
    public static void WriteMoves(string folder, IReadOnlyList<string[]> moves) =>
        File.WriteAllBytes(Path.Combine(folder, Moves), JsonSerializer.SerializeToUtf8Bytes(moves));

    /// <summary>Where in the run's folder an episode of a rank is until all is dealt out.</summary>
    public static string InDealt(int rank, string name) => Path.Combine(Dealt, $"{rank:D3}", Episodes, name);

    // What rank 0 has written its own disk alone may have.
    private static void DemandSeen(RunDirectory run)
    {
        run.Ranks.Together?.Invoke();
        var sees = run.Ranks.Leads
            || Directory.Exists(Path.Combine(run.Path, "..", "..", Dealt + AtomicFile.PartialSuffix));
        if (run.Ranks.Sum(sees ? 1 : 0)[0] < run.Ranks.Count)
            throw new DataException($"{run.Path}: not all ranks see the folder of the run, which another number of ranks needs; "
                + "go on with the number that trained it, or on a disk that all machines have");
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
