using Reverie.Curves;

namespace Reverie.Tests.Curves;

public sealed class ImprovementProbabilityTests
{
    [Fact]
    public void ItIsTheShareOfPairsAveragedOverTasks()
    {
        // 5 of 6 pairs and a tie; on the second task none.
        var both = ImprovementProbability.Of([([1, 5, 9], [0, 1]), ([1, 1, 1], [2, 2, 2])]);
        Assert.Equal((5.5 / 6 + 0) / 2, both.Value, 1e-12);
        Assert.InRange(both.Value, both.Low, both.High);
        Assert.Equal((1, 1, 1), Of([3, 4, 5], [0, 1, 2]));
        Assert.Equal((0.5, 0.5, 0.5), Of([2, 2], [2, 2]));
    }

    [Fact]
    public void OneWayAndTheOtherAddUpToOneAndTheIntervalIsThatOfTheBootstrap()
    {
        double[] one = [1, 4, 6, 7], other = [2, 3, 5, 8];
        Assert.Equal(1, Of(one, other).Item1 + Of(other, one).Item1, 1e-12);
        // One run of two beats: a resample of the first has 0, 1 or 2 of the better one, with 1/4, 1/2, 1/4.
        Assert.Equal((0.5, 0, 1), Of([0, 2], [1]));
        Assert.Equal(ImprovementProbability.Of([(one, other)], 3), ImprovementProbability.Of([(one, other)], 3));
    }

    [Fact]
    public void NothingToCompareIsRefused()
    {
        Assert.Throws<ArgumentException>(() => ImprovementProbability.Of([]));
        Assert.Throws<ArgumentException>(() => ImprovementProbability.Of([([1], [])]));
    }

    private static (double, double, double) Of(double[] one, double[] other)
    {
        var (value, low, high) = ImprovementProbability.Of([(one, other)]);
        return (value, low, high);
    }
}
