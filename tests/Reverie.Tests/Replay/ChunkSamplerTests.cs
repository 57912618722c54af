using Reverie.Configuration;
using Reverie.Replay;

namespace Reverie.Tests.Replay;

public sealed class ChunkSamplerTests
{
    private static ChunkSampler Sampler(ReplayConfig config, params int[] rows)
    {
        var sampler = new ChunkSampler(config);
        for (var i = 0; i < rows.Length; i++)
            sampler.Add(new EpisodeFile(i, "00000000", rows[i] - 1));
        return sampler;
    }

    // Every valid start occurs, all equally often, the last one included.
    [Fact]
    public void EveryWindowIsAsLikelyAsAnyOther()
    {
        const int length = 5, draws = 200_000;
        int[] rows = [9, 3, 5, 14, 4];
        var sampler = Sampler(new ReplayConfig { ChunkLength = length }, rows);
        var random = new RandomSource(11);
        var counts = new Dictionary<(int, int), int>();
        for (var i = 0; i < draws; i++)
        {
            var (episode, start) = sampler.Draw(random);
            var key = (sampler.Episodes[episode].Number, start);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        var expected = rows.SelectMany((n, e) => Enumerable.Range(0, Math.Max(0, n - length + 1)).Select(s => (e, s)));
        Assert.Equal(expected.Order(), counts.Keys.Order());
        AssertUniform(counts.Values, draws);
    }

    [Fact]
    public void WindowsOfTheWholeStreamAreUniformWhenTheyMayCross()
    {
        const int draws = 100_000;
        var sampler = Sampler(new ReplayConfig { ChunkLength = 5, CrossEpisode = true }, 3, 4, 6);
        var random = new RandomSource(2);
        var counts = new int[9];    // 13 rows, 9 windows
        int[] first = [0, 3, 7];
        for (var i = 0; i < draws; i++)
        {
            var (episode, start) = sampler.Draw(random);
            counts[first[episode] + start]++;
        }
        AssertUniform(counts, draws);
    }

    // 51/101 where ends are preferred, 1/51 where not.
    [Theory]
    [InlineData(true, 51.0 / 101)]
    [InlineData(false, 1.0 / 51)]
    public void ProbabilityOfTheLastWindow(bool prioritizeEnds, double expected)
    {
        const int draws = 200_000;
        var sampler = Sampler(new ReplayConfig { PrioritizeEnds = prioritizeEnds }, 100);
        var random = new RandomSource(5);
        var last = Enumerable.Range(0, draws).Count(_ => sampler.Draw(random).Start == 50);
        var deviation = Math.Sqrt(expected * (1 - expected) / draws);
        Assert.InRange(last / (double)draws, expected - 4 * deviation, expected + 4 * deviation);
    }

    [Fact]
    public void NothingLongEnoughIsOneLineWithTheLengths()
    {
        var error = Assert.ThrowsAny<ReverieException>(
            () => Sampler(new ReplayConfig { ChunkLength = 50 }, 26, 31).Draw(new RandomSource(1)));
        Assert.Contains("none of 2 episodes has the 50 rows of a chunk (the longest has 31)", error.Message);
        Assert.Contains("no episode", Assert.ThrowsAny<ReverieException>(
            () => Sampler(new ReplayConfig()).Draw(new RandomSource(1))).Message);
    }

    [Fact]
    public void AnEpisodeThatIsTakenOutIsNotDrawn()
    {
        var sampler = Sampler(new ReplayConfig { ChunkLength = 5 }, 9, 9, 9);
        sampler.Remove(sampler.Episodes[1]);
        var random = new RandomSource(1);
        var drawn = Enumerable.Range(0, 1000).Select(_ => sampler.Episodes[sampler.Draw(random).Episode].Number);
        Assert.Equal([0, 2], drawn.Distinct().Order());
    }

    [Fact]
    public void RulesThatExcludeEachOtherAreRefused() => Assert.ThrowsAny<ReverieException>(
        () => new ChunkSampler(new ReplayConfig { PrioritizeEnds = true, CrossEpisode = true }));

    /// <summary>χ² against the uniform, at a probability of about 1e-5 of failing by chance (normal approximation).
    /// </summary>
    private static void AssertUniform(IReadOnlyCollection<int> counts, int draws)
    {
        var expected = draws / (double)counts.Count;
        var chi2 = counts.Sum(n => (n - expected) * (n - expected) / expected);
        var freedom = counts.Count - 1;
        Assert.InRange(chi2, 0, freedom + 4.5 * Math.Sqrt(2 * freedom) + 8);
    }
}
