using Reverie.Environments;
using Reverie.Replay;

namespace Reverie.Tests.Replay;

/// <summary>Transitions of several decisions, read from rows whose numbers say where they stand.</summary>
public sealed class TransitionBatchTests
{
    private static readonly EpisodeLayout Layout = new(new ImageSpace(1, 1, 1), 1, 2);

    /// <summary>TV-10: 2.67371677 and γ⁵.</summary>
    [Fact]
    public void ARewardEachDecisionLaterCountsGammaLess()
    {
        var rows = Rows([9, 1, 0, -.5f, .25f, 2]);
        var read = Read(rows);
        Assert.Equal(2.67371677, read.Return[0], 1e-6);
        Assert.Equal(0.9509900499, read.Discount[0], 1e-6);
        AssertFrom(read, 0, 5);
        Assert.Equal(1, read.Weight[0]);
    }

    /// <summary>I-29. What comes after the end is another episode's.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void WhereTheEpisodeEndsTheReturnDoes(int end)
    {
        foreach (var terminal in new[] { false, true })
        {
            var rows = Rows([9, 1, 0, -.5f, .25f, 2]);
            (rows.IsLast[end], rows.IsTerminal[end]) = (true, terminal);
            if (end < 5) rows.IsFirst[end + 1] = true;
            var read = Read(rows);
            Assert.Equal(new[] { 1, 0, -.5, .25, 2 }.Take(end).Select((r, k) => r * Math.Pow(.99, k)).Sum(), read.Return[0], 1e-6);
            // A time limit says nothing of what would have come.
            Assert.Equal(terminal ? 0 : Math.Pow(.99, end), read.Discount[0], 1e-6);
            AssertFrom(read, 0, end);
            Assert.Equal(1, read.Weight[0]);
        }
    }

    [Fact]
    public void AChunkThatBeginsWithTheEndHasNoTransition()
    {
        var rows = Rows([1, 2, 3], [4, 5, 6]);
        (rows.IsLast[0], rows.IsTerminal[0]) = (true, true);
        (rows.Weights[0], rows.Weights[1]) = (7, 3);
        var read = Read(rows);
        Assert.Equal([0, 3], read.Weight);
        Assert.Equal(0, read.Return[0]);
        Assert.Equal(5 + .99 * 6, read.Return[1], 1e-6);
        AssertFrom(read, 1, 2);
    }

    [Fact]
    public void OtherChunksAreRefused() =>
        Assert.Throws<ArgumentException>(() => new TransitionBatch(Layout, 3).Take(Rows([1, 2]), .99));

    private static TransitionBatch Read(SequenceBatch rows)
    {
        var read = new TransitionBatch(Layout, rows.B);
        read.Take(rows, .99);
        return read;
    }

    // Picture, vector and action of row t of chunk b say so.
    private static SequenceBatch Rows(params float[][] rewards)
    {
        var batch = new SequenceBatch(Layout, rewards[0].Length, rewards.Length);
        for (var t = 0; t < batch.L; t++)
            for (var b = 0; b < batch.B; b++)
            {
                var at = t * batch.B + b;
                (batch.Image[at], batch.Vector[at], batch.Reward[at]) = ((byte)(10 * b + t), 10 * b + t, rewards[b][t]);
                (batch.Action[2 * at], batch.Action[2 * at + 1]) = (b, t);
            }
        return batch;
    }

    private static void AssertFrom(TransitionBatch read, int b, int then)
    {
        Assert.Equal([b, 1], read.Action[(2 * b)..(2 * b + 2)]);
        Assert.Equal((10 * b, 10 * b), ((int)read.Vector[b], read.Image[b]));
        Assert.Equal((10 * b + then, 10 * b + then), ((int)read.Vector[read.Count + b], read.Image[read.Count + b]));
    }
}
