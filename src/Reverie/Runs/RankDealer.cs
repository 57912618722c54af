using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Torch.IO;

namespace Reverie.Runs;

/// <summary>Writes what each of another number of ranks goes on from: a checkpoint, and which episodes are its own.
/// </summary>
internal sealed class RankDealer
{
    private readonly RunDirectory run;
    private readonly Config config;
    private readonly Checkpoint[] before;
    private readonly ILogger logger;
    private readonly int tasks, environments;

    /// <summary>Looks for the newest checkpoint that all ranks have had.</summary>
    /// <param name="run">The run, of the rank that leads.</param>
    /// <param name="config">Its share of the configuration.</param>
    /// <param name="ranks">How many ranks there were.</param>
    /// <param name="logger">Told of what is missing.</param>
    /// <exception cref="DataException">They have none in common.</exception>
    public RankDealer(RunDirectory run, Config config, int ranks, ILogger logger)
    {
        (this.run, this.config, this.logger) = (run, config, logger);
        (tasks, environments) = (config.Tasks.Count, config.Environment.Count * config.Tasks.Count);
        var marks = Enumerable.Range(0, ranks).Select(rank => Checkpoint
            .Marks(Path.Combine(RunRanks.FolderOf(run.Path, rank), RunDirectory.CheckpointFolder), logger)
            .Where(one => (one.State.Ranks ?? 1) == ranks)
            .ToDictionary(one => one.Mark, one => one.State)).ToArray();
        var missing = Array.FindIndex(marks, one => one.Count == 0);
        var mark = marks[0].Keys.LastOrDefault(mark => marks.All(one => one.ContainsKey(mark)))
            ?? throw new DataException($"{run.Path}: {RankShards.Count(ranks)} trained this run, and "
                + (missing < 0 ? "they have no checkpoint in common"
                    : $"{RunRanks.FolderOf(run.Path, missing)} has no whole checkpoint")
                + ", so that no other number can go on; put it back, or begin the run anew with --restart");
        before = Array.ConvertAll(marks, one => one[mark]);
    }

    private int Ranks => run.Ranks.Count;

    private Checkpoint First => before[0];

    /// <summary>Writes it.</summary>
    /// <param name="folder">That becomes <c>dealt</c>.</param>
    public void Write(string folder)
    {
        var shares = Enumerable.Range(0, Ranks).Select(_ => new Share(environments, tasks)).ToArray();
        foreach (var one in AllEpisodes()) shares.MinBy(share => share.RowsOf(one.File.Task))!.Add(one);
        DemandChunks(shares);
        for (var rank = 0; rank < Ranks; rank++)
            Directory.CreateDirectory(Path.Combine(folder, $"{rank:D3}", RankShards.Episodes));
        var moves = new List<string[]>();
        for (var rank = 0; rank < Ranks; rank++)
        {
            var part = Path.Combine(folder, $"{rank:D3}");
            foreach (var name in RankShards.Beginning.Where(name => File.Exists(Path.Combine(run.Path, name))))
                File.Copy(Path.Combine(run.Path, name), Path.Combine(part, name));
            var manifest = Number(shares[rank], rank, part, moves);
            WriteCheckpoint(CheckpointFolders.PathOf(Path.Combine(part, RunDirectory.CheckpointFolder), First.Counters.Updates),
                rank, shares[rank], manifest);
        }
        RankShards.WriteMoves(folder, moves);
    }

    // In the order of recording, ranks in turns. Episodes under way end here, as by a time limit; of rollouts nothing is kept.
    private IEnumerable<Recorded> AllEpisodes()
    {
        var (all, gone, total) = (new List<Recorded>(), 0, 0);
        for (var rank = 0; rank < before.Length; rank++)
        {
            var (state, folder) = (before[rank], Path.Combine(RunRanks.FolderOf(run.Path, rank), RankShards.Episodes));
            var latents = LatentsOf(state);
            for (var i = 0; i < state.Replay.Files.Count; i++, total++)
            {
                var (name, path) = (state.Replay.Files[i], Path.Combine(folder, state.Replay.Files[i]));
                if (!File.Exists(path)) gone++;
                else all.Add(new(EpisodeFile.TryParse(name)!, rank, path, state.Replay.Checksums?[i], null,
                    latents.TryGetValue(name, out var row) ? row : null));
            }
            if (AgentRegistry.Find(config.Agent).Loop is TrainingLoop.Rollouts) continue;
            for (var n = 0; n < (state.Steps?.Replay.Streams.Count ?? 0); n++)
                if (state.Steps!.Replay.Streams[n].UnderWay >= 2)
                    all.Add(Cut(state, n, rank, latents[StreamFiles.UnderWay(n)]));
        }
        if (2 * gone > total)
            throw new DataException($"{run.Path}: {gone} of {total} episodes are gone: put them back, or begin the run anew with "
                + "--restart");
        if (gone > 0) logger.Warn($"{run.Path}: {gone} of {total} episodes are gone; going on without");
        return all.OrderBy(one => (one.File.Number, one.Rank));
    }

    // Where in latents.bin the rows of each file begin.
    private static Dictionary<string, long> LatentsOf(Checkpoint state)
    {
        var (places, row) = (new Dictionary<string, long>(StringComparer.Ordinal), 0L);
        for (var n = 0; n < (state.Steps?.Replay.Streams.Count ?? 0); n++)
        {
            var stream = state.Steps!.Replay.Streams[n];
            foreach (var name in stream.Episodes)
            {
                places[name] = row;
                row += EpisodeFile.TryParse(name)!.Rows;
            }
            places[StreamFiles.UnderWay(n)] = row;
            row += stream.UnderWay;
        }
        return places;
    }

    private Recorded Cut(Checkpoint state, int n, int rank, long latents)
    {
        var episode = EpisodeArchive.ReadUnderWay(Path.Combine(state.Folder, StreamFiles.UnderWay(n)));
        var recorder = new EpisodeRecorder(episode.Layout);
        recorder.GoOnFrom(episode);
        recorder.Cut();
        var whole = recorder.Finish();
        whole.Task = n % tasks;
        var file = new EpisodeFile(state.Replay.NextNumber + n, "", whole.Decisions) { Task = whole.Task };
        return new(file, rank, "", null, whole, latents);
    }

    // Whole episodes are drawn from by each rank, whose updates would fail where it has none.
    private void DemandChunks(Share[] shares)
    {
        if (First.Steps is not null || First.Counters.Updates == 0) return;
        foreach (var share in shares)
            for (var task = 0; task < tasks; task++)
                if (!ChunkAdvice.CanDraw(config.Replay,
                    share.All.Where(one => one.File.Task == task).Select(one => one.File.Rows)))
                    throw new ConfigurationException($"{run.Path}: {shares.Sum(one => one.All.Count)} episodes are too few for "
                        + $"{RankShards.Count(shares.Length)}, each of which draws chunks from its own; go on with fewer first");
    }

    // Names of a rank's own, in the order of recording; what is on the disk is moved later, what ended here is written.
    private ReplayManifest Number(Share share, int rank, string part, List<string[]> moves)
    {
        var (seed, sums) = (AgentRanks.SeedOf(config.Seed, rank), new List<uint?>());
        for (var i = 0; i < share.All.Count; i++)
        {
            var one = share.All[i];
            one.File = one.File with { Number = i, Id = EpisodeFile.IdOf(seed, i) };
            var to = Path.Combine(part, RankShards.Episodes, one.File.Name);
            if (one.Whole is { } whole) EpisodeArchive.Write(to, whole);
            else moves.Add([Path.GetRelativePath(run.Path, one.Path), RankShards.InDealt(rank, one.File.Name)]);
            sums.Add(one.Whole is null ? one.Checksum : FileSum.Of(to));
        }
        return new([.. share.All.Select(one => one.File.Name)], share.All.Count,
            share.All.Sum(one => (long)one.File.Decisions), share.All.Count, sums.Contains(null) ? null : [.. sums.Select(sum => sum!.Value)]);
    }

    private void WriteCheckpoint(string folder, int rank, Share share, ReplayManifest manifest)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(First.Folder, "*.safetensors"))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var own = rank < before.Length ? before[rank] : null;
        var state = First with
        {
            Replay = manifest,
            ReplayRandom = own?.ReplayRandom ?? RandomSource.Derive(
                (ulong)AgentRanks.SeedOf(config.Seed, rank), RandomStream.Replay, (ulong)First.Counters.Updates).State,
            LogPosition = own?.LogPosition ?? 0,
            LogChecksum = own is null ? null : own.LogChecksum,
            MirrorPositions = own is null ? null : own.MirrorPositions,
            Encodings = null,
            Ranks = run.Ranks.Count == 1 ? null : run.Ranks.Count,
            Steps = First.Steps is { } steps ? StepsOf(steps, rank, share) : null,
        };
        if (state.Steps is not null)
        {
            WriteLatents(Path.Combine(folder, StreamFiles.Latents), share);
            if (state.Steps.Acts > 0) ActingLatents.SaveZeros(First.Folder, folder, environments);
        }
        state.SealIn(folder);
    }

    // All have acted as often, and no environment begins an episode with a seed that any rank's had.
    private StepState StepsOf(StepState steps, int rank, Share share)
    {
        var all = Array.ConvertAll(before, one => one.Steps!);
        var begun = all.Max(one => one.Environments.Max(place => place.Begun));
        var (rows, ranks) = (all.Sum(one => one.Replay.RowsAdded), run.Ranks.Count);
        return steps with
        {
            Environments = [.. Enumerable.Repeat(new EnvironmentPlace(begun, 0), environments)],
            Replay = steps.Replay with
            {
                RowsAdded = rows / ranks + (rank == 0 ? rows % ranks : 0),
                Streams = [.. share.Streams.Select(stream => new StreamExtent(
                    [.. stream.Select(one => one.File.Name)], 0, 0, stream.Sum(one => (long)one.File.Rows)))],
                Online = [],
                LargestPriority = all.Max(one => one.Replay.LargestPriority),
            },
        };
    }

    private void WriteLatents(string path, Share share)
    {
        var size = First.Steps!.Replay.Latents.BytesPerRow;
        var sources = Array.ConvertAll(
            before, one => RegularFile.OpenRead(Path.Combine(one.Folder, StreamFiles.Latents)));
        try
        {
            using var target = File.Create(path, 1 << 20);
            foreach (var one in share.Streams.SelectMany(stream => stream))
            {
                var bytes = new byte[checked(one.File.Rows * size)];
                sources[one.Rank].Position = one.Latents!.Value * size;
                sources[one.Rank].ReadExactly(bytes);
                target.Write(bytes);
            }
        }
        finally
        {
            foreach (var source in sources) source.Dispose();
        }
    }

    /// <summary>An episode of a rank that there was.</summary>
    private sealed record Recorded(
        EpisodeFile File, int Rank, string Path, uint? Checksum, Episode? Whole, long? Latents)
    {
        public EpisodeFile File { get; set; } = File;
    }

    /// <summary>What one of the new ranks gets.</summary>
    private sealed class Share(int environments, int tasks)
    {
        public List<Recorded> All { get; } = [];

        public List<Recorded>[] Streams { get; } =
            [.. Enumerable.Range(0, environments).Select(_ => new List<Recorded>())];

        public long RowsOf(int task) => RowsOf(All.Where(one => one.File.Task == task));

        // To the stream of its task with the fewest rows, where it is in a stream at all.
        public void Add(Recorded one)
        {
            All.Add(one);
            if (one.Latents is not null)
                Streams.Where((_, n) => n % tasks == one.File.Task).MinBy(RowsOf)!.Add(one);
        }

        private static long RowsOf(IEnumerable<Recorded> some) => some.Sum(one => (long)one.File.Rows);
    }
}
