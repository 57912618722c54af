using Reverie.Environments;

namespace Reverie.Tests.Environments;

public sealed class PublishedScoreChoiceTests
{
    private static readonly TaskInfo Task = new()
    {
        Task = "t", Domain = "d", ObservationSpace = new ImageSpace(), ActionSpace = new DiscreteSpace(2),
        PublishedScores =
        [
            new("Dreamer", 1, null, 500_000, "pixels", "s"), new("Dreamer", 2, null, 5_000_000, "pixels", "s"),
            new("DrQ", 3, null, 100_000_000, "state", "s"), new("PlaNet", 4, null, 0, "pixels", "s"),
        ],
    };

    [Theory]
    [InlineData("own", 100_000, "1,4")]
    [InlineData("own", 2_000_000, "2,4")]    // 2.5 times away from the second, 4 times from the first
    [InlineData("all", 1, "1,3,4")]
    [InlineData("none", 1, "")]
    [InlineData("drq, dreamer", 9_000_000, "3,2")]
    public void OneScoreAnAgentIsTheNearestInSteps(string wish, long steps, string scores) =>
        Assert.Equal(scores, string.Join(',', PublishedScoreChoice.Of(Task, wish, steps).Select(one => one.Score)));

    [Theory]
    [InlineData("all", 500_000, "1")]
    [InlineData("all", 540_000, "1")]
    [InlineData("all", 700_000, "")]
    [InlineData("own", 100_000_000, "")]
    [InlineData("drq", 99_000_000, "3")]
    public void ThoseAtTheSameStepsAreAllThatAreComparedWith(string wish, long steps, string scores) =>
        Assert.Equal(scores, string.Join(',', PublishedScoreChoice.At(Task, wish, steps).Select(one => one.Score)));

    [Fact]
    public void WhereNobodySaysAtHowManyStepsAllStandThere()
    {
        var task = Task with { PublishedScores = [.. Task.PublishedScores.Select(score => score with { EnvSteps = 0 })] };
        Assert.Equal("1,2,3,4", string.Join(',', PublishedScoreChoice.At(task, "all", 7).Select(one => one.Score)));
    }

    [Fact]
    public void AnAgentWithoutAScoreIsToldWithThoseThatHaveOne() =>
        Assert.Contains("there are Dreamer, DrQ, PlaNet",
            Assert.ThrowsAny<ReverieException>(() => PublishedScoreChoice.Of(Task, "TD3", 1)).Message);
}
