using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

/// <summary>Looks at many starts of a task.</summary>
internal static class Starts
{
    private const int Episodes = 400;

    /// <summary>Reads a number after each of many resets, and is sure that nothing moves there yet.</summary>
    internal static double[] Of(ControlTask task, Func<double> read) =>
        [.. Enumerable.Range(0, Episodes).Select(_ =>
        {
            Assert.True(task.Reset().IsFirst);
            Assert.All(task.Physics.Qvel.ToArray(), velocity => Assert.Equal(0, velocity));
            return read();
        })];

    /// <summary>A joint starts uniformly in its range.</summary>
    internal static void Spread(ControlTask task, int joint, double low, double high) =>
        Uniform(Of(task, () => task.Physics.Qpos[joint]), low, high);

    /// <summary>Numbers that stay in a range, and have its mean and the deviation of a uniform number in it, each to
    /// five of its standard errors or so.</summary>
    internal static void Uniform(double[] numbers, double low, double high)
    {
        var width = high - low;
        Assert.InRange(numbers.Min(), low, low + 0.05 * width);
        Assert.InRange(numbers.Max(), high - 0.05 * width, high);
        Assert.InRange(numbers.Average(), low + 0.43 * width, low + 0.57 * width);
        var deviation = Math.Sqrt(numbers.Average(x => x * x) - Math.Pow(numbers.Average(), 2));
        Assert.InRange(deviation, 0.255 * width, 0.32 * width);    // 0.289 of the width
    }
}
