using System.Net;
using System.Net.Sockets;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Torch.Ranks;

namespace Reverie.Tests.Torch.Ranks;

/// <summary>Collectives of several ranks, and how they meet.</summary>
public sealed class RankGroupTests
{
    [RanksTheory]
    [InlineData(2)]
    [InlineData(4)]
    public void GradientsBecomeTheirMean(int count)
    {
        // More than a bucket, a tensor that is larger than one, another type, one that is not contiguous.
        var results = RankThreads.Run(count, group =>
        {
            using var scope = new TensorScope();
            Tensor[] mine =
            [
                Tensor.Full([3, 4], group.Rank + 1.5), Tensor.Full([7_000_001], group.Rank), Tensor.Full([2_000_000], -group.Rank),
                Tensor.FromArray([1.0 * group.Rank, 4], [2]), Tensor.FromArray([1f, 2, 3, 4], [2, 2]).Transpose(0, 1) * group.Rank,
            ];
            var means = group.Average(mine);
            Assert.Equal(1.5f + group.Rank, mine[0].ToArray<float>()[11]);      // what was given stays
            Assert.All(means.Zip(mine), pair => Assert.Equal((pair.Second.DType, string.Join(',', pair.Second.Shape.ToArray())),
                (pair.First.DType, string.Join(',', pair.First.Shape.ToArray()))));
            var large = means[1].ToArray<float>();
            return (means[0].ToArray<float>(), large[0], large[^1], means[2].ToArray<float>()[^1], means[3].ToArray<double>(),
                means[4].Contiguous().ToArray<float>());
        });
        var mean = (count - 1) / 2f;
        Assert.All(results, result =>
        {
            Assert.Equal(Enumerable.Repeat(1.5f + mean, 12), result.Item1);
            Assert.Equal((mean, mean, -mean), (result.Item2, result.Item3, result.Item4));
            Assert.Equal([mean, 4.0], result.Item5);
            Assert.Equal([mean, 3 * mean, 2 * mean, 4 * mean], result.Item6);
        });
    }

    // Three ranks: with them the order of a sum matters. Of eight layers the first has no part in the loss.
    [RanksFact]
    public void GradientsGoOffWhileTheBackwardPassGoesOn()
    {
        const int Width = 40, Layers = 8;
        var results = RankThreads.Run(3, group =>
        {
            using var scope = new TensorScope();
            using var noise = new Generator(Device.Cpu, (ulong)group.Rank);
            using var alike = new Generator(Device.Cpu, 7);
            Tensor[] layers = [.. Enumerable.Range(0, Layers).Select(_ =>
                (Tensor.Randn([Width, Width], alike) * 0.2).SetRequiresGrad(true))];
            group.BucketBytes = 2 * Width * Width * sizeof(float);
            Tensor Loss()
            {
                var x = Tensor.Randn([5, Width], noise);
                foreach (var layer in layers[1..]) x = x.Linear(layer).Tanh();
                return x.Square().Mean();
            }
            var (loss, other) = (Loss(), Loss());
            var early = Of(group, loss + other);
            var sent = group.SentEarly;
            group.SendsEarly = false;
            return (Early: early, Late: Of(group, loss + other), sent);

            float[][] Of(RankGroup group, Tensor loss) =>
                [.. group.Gradients(loss, layers, keepGraph: true).Select(one => one.ToArray<float>())];
        });
        Assert.All(results, result =>
        {
            Assert.Equal(3, result.sent);       // of four buckets; the last one waits for a gradient that never comes
            Assert.Equal(result.Late, result.Early);
            Assert.Equal(results[0].Early, result.Early);
            Assert.All(result.Early[0], value => Assert.Equal(0, value));
            Assert.All(result.Early[1..], layer => Assert.Contains(layer, value => value != 0));
        });
    }

    [RanksFact]
    public void RanksKnowWhatTheOthersHave()
    {
        var results = RankThreads.Run(3, group =>
        {
            using var scope = new TensorScope();
            var mean = group.Mean(Tensor.Full([], group.Rank * 3.0)).Item();
            var all = group.All(Tensor.FromArray([group.Rank, 10f * group.Rank], [1, 2])).ToArray<float>();
            var given = Tensor.FromArray([group.Rank + 0.5f, group.Rank], [2]);
            group.Broadcast(given);
            return (mean, all, given.ToArray<float>(), group.Sum(group.Rank, 5), group.Gather(new string('é', group.Rank)));
        });
        Assert.All(results, result =>
        {
            Assert.Equal(3, result.mean);
            Assert.Equal([0, 0, 1, 10, 2, 20], result.all);
            Assert.Equal([0.5f, 0], result.Item3);
            Assert.Equal([3, 15], result.Item4);
            Assert.Equal(["", "é", "éé"], result.Item5);
        });
    }

    [RanksFact]
    public void AnotherProgramIsToldByEveryRank()
    {
        var lines = Meet([(0, 2, "reverie 1\ndreamer"), (1, 2, "reverie 1\nplanet")], TimeSpan.FromSeconds(30));
        Assert.All(lines, line => Assert.Matches("^rank [01] has (dreamer|planet), rank [01] (dreamer|planet): all ranks must", line));
    }

    [RanksFact]
    public void AWrongNumberOfRanksIsToldByEveryRank()
    {
        var lines = Meet([(0, 2, "same"), (1, 3, "same")], TimeSpan.FromSeconds(30));
        Assert.All(lines, line => Assert.Matches("^rank [01] has [23] ranks, rank [01] [23] ranks: all ranks must", line));
    }

    [RanksFact]
    public void TwoOfOneNumberAreToldToEveryRank() => Assert.All(
        Meet([(0, 3, "same"), (1, 3, "same"), (1, 3, "same")], TimeSpan.FromSeconds(30)), line => Assert.StartsWith(
            "rank 1 of 3 is there twice: two processes have the same number at 127.0.0.1", line, StringComparison.Ordinal));

    [RanksFact]
    public void ARankThatIsMissingIsNamed() => Assert.StartsWith("rank 1 of 2 is not there after 1 s",
        Assert.Single(Meet([(0, 2, "same")], TimeSpan.FromSeconds(1))), StringComparison.Ordinal);

    [RanksFact]
    public void APortThatIsTakenIsTold()
    {
        using var other = new TcpListener(IPAddress.Any, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var fault = Assert.Throws<NativeException>(() =>
            RankGroup.Join(new(0, 2, 0, 2, "127.0.0.1", port), "", TimeSpan.FromSeconds(5)));
        Assert.StartsWith($"rank 0 of 2: port {port} cannot be listened at (", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [RanksFact]
    public void ARankThatLeavesIsNoticedByTheOthers()
    {
        var ends = RankThreads.Run(2, group =>
        {
            if (group.Rank == 1)
            {
                group.Dispose();
                return "";
            }
            return Assert.ThrowsAny<NativeException>(() =>
            {
                for (var times = 0; times < 1_000_000; times++) group.Barrier();
            }).Message;
        }, atEnd: false);
        Assert.StartsWith("rank 0 of 2: another rank cannot be reached any more (", ends[0], StringComparison.Ordinal);
    }

    private static string[] Meet((int Rank, int Count, string Identity)[] ranks, TimeSpan patience)
    {
        var port = RankThreads.FreePort();
        return [.. RankThreads.Each(ranks.Length, i =>
        {
            // Rank 0 first: a port that is free belongs to nobody for long.
            if (i > 0) Thread.Sleep(50 * i);
            using var group = RankGroup.Join(new(ranks[i].Rank, ranks[i].Count, 0, 0, "127.0.0.1", port), ranks[i].Identity, patience);
            return "";
        }).Select(end => Assert.IsAssignableFrom<ReverieException>(end.Fault).Message)];
    }
}
