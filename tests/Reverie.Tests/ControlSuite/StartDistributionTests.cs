using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class StartDistributionTests
{
    public static TheoryData<string> Tasks => [.. ControlSuiteTasks.Names];

    [Theory, MemberData(nameof(Tasks))]
    public void StartsAreDistributedAsRecorded(string task) =>
        Assert.InRange(StartDistribution.Ratio(File(task))!.Value, 0, 1);

    // Uniform ranges, normal numbers around a constant, what 200 steps of physics make of a range, model values.
    [Theory]
    [InlineData("acrobot_swingup", 0)]
    [InlineData("cartpole_swingup", 1)]
    [InlineData("cartpole_swingup", 2)]
    [InlineData("cheetah_run", 3)]
    [InlineData("cheetah_run", 12)]
    [InlineData("quadruped_walk", 2)]
    [InlineData("quadruped_walk", 4)]
    [InlineData("reacher_easy", 4)]
    public void OneWrongCoordinateIsFound(string task, int coordinate)
    {
        var (file, starts) = (File(task), StartDistribution.Draw(File(task), 500));
        var mean = starts.Average(start => start[coordinate]);
        var deviation = Math.Sqrt(starts.Average(start => Math.Pow(start[coordinate] - mean, 2)));
        double Ratio(Func<double, double> change) => StartDistribution.Ratio(file.InitialDistribution!,
            [.. starts.Select(start => start.Select((x, i) => i == coordinate ? change(x) : x).ToArray())]);
        Assert.InRange(Ratio(x => x), 0, 1);
        Assert.True(Ratio(x => mean + 0.5 * (x - mean)) > 2, "half the range");
        Assert.True(Ratio(x => mean + 1.5 * (x - mean)) > 1, "half as much again");
        Assert.True(Ratio(x => x + 0.6 * deviation) > 1, "another mean");
        Assert.True(Ratio(_ => mean) > 2, "a constant");
        Assert.True(Ratio(x => Math.Min(x, mean)) > 1, "one side only");
    }

    [Fact]
    public void AnotherShapeIsFoundByItsQuantilesAlone()
    {
        var file = File("pendulum_swingup");
        var uniform = StartDistribution.Draw(file, 1000);
        // Two clusters with the mean and the deviation of the uniform range.
        double[][] clusters = [.. uniform.Select(start => (double[])[Math.Sign(start[0]) * 1.735 + 0.1 * start[0], 0])];
        var recorded = file.InitialDistribution! with
        {
            Qpos = file.InitialDistribution!.Qpos with
            {
                Mean = [clusters.Average(start => start[0])],
                Std = [Math.Sqrt(clusters.Average(start => start[0] * start[0]))],
            },
        };
        Assert.True(StartDistribution.Ratio(recorded, clusters) > 1);
    }

    [Fact]
    public void AConstantHasToBeTheSame()
    {
        var file = File("hopper_hop");
        var starts = StartDistribution.Draw(file, 50);
        Assert.InRange(StartDistribution.Ratio(file.InitialDistribution!, starts), 0, 1);
        starts[7][0] = 1e-9;    // rootx
        Assert.True(StartDistribution.Ratio(file.InitialDistribution!, starts) > 100);
    }

    [Fact]
    public void CoordinatesThatTheTaskDoesNotHaveAreRefused()
    {
        var recorded = File("reacher_easy").InitialDistribution! with { ModelValues = null };
        var starts = StartDistribution.Draw(File("reacher_easy"), 2);
        var fault = Assert.ThrowsAny<ReverieException>(() => StartDistribution.Ratio(recorded, starts));
        Assert.Contains("4 coordinates there and 10", fault.Message);
    }

    private static ReferenceFile File(string task) => ReferenceFile.Read(ReferenceReplayTests.Golden(task + ".json"));
}
