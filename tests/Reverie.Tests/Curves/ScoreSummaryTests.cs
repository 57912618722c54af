using Reverie.Curves;

namespace Reverie.Tests.Curves;

public sealed class ScoreSummaryTests
{
    [Fact]
    public void MeanDeviationMedianAndInterquartileMeanAreThoseOfTheTextbook()
    {
        ScoreSummary eight = ScoreSummary.Of([100, 1, 4, 2, 3, 6, 5, -50]);
        Assert.Equal(8, eight.Count);
        Assert.Equal(8.875, eight.Mean, 1e-12);
        Assert.Equal(3.5, eight.Median);
        // Without −50, 1 and 6, 100: (2 + 3 + 4 + 5) / 4.
        Assert.Equal(3.5, eight.InterquartileMean);
        Assert.Equal(2, ScoreSummary.Of([1, 5]).Std);
        // Fewer than four runs have no quarter to leave out; of five, one goes at either end.
        Assert.Equal(5, ScoreSummary.Of([1, 2, 12]).InterquartileMean);
        Assert.Equal(3, ScoreSummary.Of([4, 1000, -1000, 2, 3]).InterquartileMean);
    }

    [Fact]
    public void TheIntervalIsThatOfTheExactBootstrapDistribution()
    {
        // Two runs, 0 and 1: the mean of a resample is 0, ½, ½ or 1, each of probability ¼, so 95 % reach from 0 to 1.
        ScoreSummary two = ScoreSummary.Of([0, 1]);
        Assert.Equal((0, 1), (two.Low, two.High));
        // The interquartile mean of 100 numbers of a uniform law over 100 has a standard error of 4.1.
        ScoreSummary many = ScoreSummary.Of([.. Enumerable.Range(0, 100).Select(i => (double)i)]);
        Assert.Equal(49.5, many.InterquartileMean);
        Assert.InRange(many.Low, 38, 44);
        Assert.InRange(many.High, 55, 61);
        Assert.Equal(99, many.Low + many.High, 2.0);
    }

    [Fact]
    public void TheSameSeedGivesTheSameIntervalAndOneRunHasNone()
    {
        double[] scores = [3, 1, 4, 1, 5, 9, 2, 6];
        Assert.Equal(ScoreSummary.Of(scores, seed: 7), ScoreSummary.Of(scores, seed: 7));
        Assert.True(double.IsNaN(ScoreSummary.Of([42]).Low));
        Assert.Throws<ArgumentException>(() => ScoreSummary.Of([]));
        Assert.Throws<ArgumentException>(() => ScoreSummary.Of([1, 2], ["a"]));
    }

    [Fact]
    public void RunsAreDrawnAgainWithinTheirTaskOnly()
    {
        // Each task has one score, many times over: whatever is drawn within it is the same.
        double[] scores = [.. Enumerable.Repeat(0.0, 6), .. Enumerable.Repeat(900.0, 6)];
        string[] tasks = [.. Enumerable.Repeat("easy", 6), .. Enumerable.Repeat("hard", 6)];
        ScoreSummary byTask = ScoreSummary.Of(scores, tasks), mixed = ScoreSummary.Of(scores);
        Assert.Equal((450, 450), (byTask.Low, byTask.High));
        Assert.True(mixed.Low < 200 && mixed.High > 700);
    }
}
