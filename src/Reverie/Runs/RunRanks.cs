using Reverie.Torch;
using Reverie.Torch.Ranks;

namespace Reverie.Runs;

/// <summary>The ranks that a run is worked on by, of which this process is one: what they must know of each other so that all do
/// the same work in the same order. Of one alone everything is its own, and nothing is asked.</summary>
/// <param name="group">All of them; null for one alone.</param>
internal sealed class RunRanks(RankGroup? group)
{
    private double counted;     // seconds in collectives that were told

    /// <summary>One process that works by itself.</summary>
    public static RunRanks Alone { get; } = new(null);

    /// <summary>All of them; null for one alone.</summary>
    public RankGroup? Group => group;

    /// <summary>How many there are.</summary>
    public int Count => group?.Count ?? 1;

    /// <summary>Whether this is the one that evaluates.</summary>
    public bool Leads => group is not { Rank: > 0 };

    /// <summary>Waits for all of them; null for one alone, who has nobody to wait for.</summary>
    public Action? Together => group is null ? null : group.Barrier;

    /// <summary>The folder of a rank's own part of a run: the run's for the first.</summary>
    /// <param name="run">The run's.</param>
    /// <param name="rank">Its number.</param>
    public static string FolderOf(string run, int rank) =>
        rank == 0 ? run : Path.Combine(run, "ranks", rank.ToString("D3", System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The sums over all ranks.</summary>
    public long[] Sum(params ReadOnlySpan<long> numbers) => group is null ? numbers.ToArray() : group.Sum(numbers);

    /// <summary>How many of so many this rank does, none more than one more than another.</summary>
    public long ShareOf(long count) => group is null ? count : count / Count + (group.Rank < count % Count ? 1 : 0);

    /// <summary>Whether the piece of work with a number is this rank's, where they take them in turns.</summary>
    public bool IsMine(int number) => group is null || number % Count == group.Rank;

    /// <summary>Numbers of which each rank knows some, put together, bit for bit.</summary>
    /// <param name="mine">0 where another rank knows it.</param>
    public double[] Merge(double[] mine) => group is null ? mine : Array.ConvertAll(
        group.Sum(Array.ConvertAll(mine, BitConverter.DoubleToInt64Bits)), BitConverter.Int64BitsToDouble);

    /// <summary>The rows of all ranks, those of the first rank first.</summary>
    /// <param name="mine">Each of the same length, on all ranks.</param>
    public float[][] All(float[][] mine)
    {
        if (group is null) return mine;
        using var scope = new TensorScope();
        var counts = group.All(Tensor.FromArray([(long)mine.Length], [1])).ToArray<long>();
        var widths = group.All(Tensor.FromArray([mine.Length > 0 ? (long)mine[0].Length : 0], [1])).ToArray<long>();
        var (most, width) = ((int)counts.Max(), (int)widths.Max());
        if (most * width == 0) return [];
        var padded = new float[most * width];
        for (var i = 0; i < mine.Length; i++) mine[i].CopyTo(padded, i * width);
        var all = group.All(Tensor.FromArray(padded, [padded.Length])).ToArray<float>();
        return [.. counts.SelectMany((count, rank) => Enumerable.Range(0, (int)count)
            .Select(i => all.AsSpan((rank * most + i) * width, width).ToArray()))];
    }

    /// <summary>A number of the rank that leads.</summary>
    public ulong OfLeader(ulong mine) => group is null ? mine : unchecked((ulong)group.Sum(Leads ? unchecked((long)mine) : 0)[0]);

    /// <summary>Makes a module what it is on the rank that leads.</summary>
    public void TakeLeaders(Torch.Nn.Module module)
    {
        if (group is null) return;
        foreach (var (_, value) in module.NamedParameters()) group.Broadcast(value);
    }

    /// <summary>Whether any rank was asked to stop: between two pieces of work all of them stop, or none.</summary>
    public bool Stop(CancellationToken cancel) => group is null ? cancel.IsCancellationRequested
        : group.Sum(cancel.IsCancellationRequested ? 1 : 0)[0] > 0;

    /// <summary>What may break off a piece of work: of several ranks nothing, since the others would do it.</summary>
    public CancellationToken Inside(CancellationToken cancel) => group is null ? cancel : CancellationToken.None;

    /// <summary>What all ranks have counted since they last had the same counters.</summary>
    /// <param name="before">The counters then.</param>
    /// <param name="mine">This rank's now.</param>
    public Counters Add(Counters before, Counters mine)
    {
        if (group is null) return mine;
        var more = group.Sum(mine.EnvSteps - before.EnvSteps, mine.Decisions - before.Decisions, mine.Episodes - before.Episodes,
            mine.Restarts - before.Restarts);
        return mine with
        {
            EnvSteps = before.EnvSteps + more[0], Decisions = before.Decisions + more[1], Episodes = before.Episodes + more[2],
            Restarts = before.Restarts + more[3],
        };
    }

    /// <summary>The counters of the rank that leads, for all; each keeps its own time.</summary>
    public Counters OfLeader(Counters mine)
    {
        if (group is null) return mine;
        long[] numbers = [mine.EnvSteps, mine.Decisions, mine.Updates, mine.Episodes, mine.Restarts, mine.EvaluatedAt,
            mine.TestedAt, mine.TestedEnvSteps];
        return group.Sum(Leads ? numbers : new long[numbers.Length]) is
            [var envSteps, var decisions, var updates, var episodes, var restarts, var evaluated, var tested, var testedSteps]
            ? mine with
            {
                EnvSteps = envSteps, Decisions = decisions, Updates = updates, Episodes = episodes, Restarts = restarts,
                EvaluatedAt = evaluated, TestedAt = tested, TestedEnvSteps = testedSteps,
            }
            : mine;
    }

    /// <summary>The means over ranks of what an update measured, in the caller's scope.</summary>
    public IReadOnlyDictionary<string, Tensor> Means(IReadOnlyDictionary<string, Tensor> measures)
    {
        if (group is null || measures.Count == 0) return measures;
        using var noGrad = new NoGrad();
        var means = group.Mean(Tensor.Stack([.. measures.Values.Select(value => value.Detach().To(DType.Float32))]));
        return measures.Keys.Select((name, i) => (name, mean: means[i])).ToDictionary(pair => pair.name, pair => pair.mean);
    }

    /// <summary>Seconds in collectives since this was last asked, waiting for others included; null for one alone.</summary>
    public double? TakeCommunication()
    {
        if (group is null) return null;
        var (before, now) = (counted, group.CommunicationSeconds);
        counted = now;
        return now - before;
    }

    /// <summary>The newest of marks that all ranks have; null where no rank has any.</summary>
    /// <param name="run">The run, for complaints.</param>
    /// <param name="marks">This rank's, the oldest first.</param>
    /// <exception cref="ReverieException">There are some, but none that all have.</exception>
    public string? NewestOfAll(string run, IReadOnlyList<string> marks)
    {
        if (group is null) return marks.Count > 0 ? marks[^1] : null;
        var all = group.Gather(string.Join('\n', marks));
        if (all.All(one => one.Length == 0)) return null;
        var sets = Array.ConvertAll(all, one => one.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return marks.LastOrDefault(mark => sets.All(set => set.Contains(mark))) ?? throw new DataException(
            $"{run}: has no checkpoint that is whole on all {Count} ranks; "
            + string.Join(", ", sets.Select((set, rank) => $"rank {rank} has {(set.Length == 0 ? "none" : set[^1])}"))
            + "; put the missing one back, or begin the run anew with --restart");
    }
}
