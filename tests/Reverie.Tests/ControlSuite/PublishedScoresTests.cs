using Reverie.Environments;
using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public sealed class PublishedScoresTests
{
    private static readonly string[] TwentyTasks =
    [
        "acrobot_swingup", "cartpole_balance", "cartpole_balance_sparse", "cartpole_swingup", "cartpole_swingup_sparse",
        "cheetah_run", "cup_catch", "finger_spin", "finger_turn_easy", "finger_turn_hard", "hopper_hop", "hopper_stand",
        "pendulum_swingup", "quadruped_run", "quadruped_walk", "reacher_easy", "reacher_hard", "walker_run",
        "walker_stand", "walker_walk",
    ];

    // What the sources themselves say is the mean over the tasks.
    [Theory]
    [InlineData("A3C", 100_000_000, 243.7, 18)]
    [InlineData("D4PG", 100_000_000, 786.3, 18)]
    [InlineData("PlaNet", 5_000_000, 333.0, 20)]
    [InlineData("Dreamer", 5_000_000, 823.4, 20)]
    [InlineData("Dreamer", 500_000, 561, 20)]
    [InlineData("Dreamer", 1_000_000, 700, 20)]
    [InlineData("Dreamer", 2_000_000, 788, 20)]
    [InlineData("DreamerV2", 500_000, 626, 20)]
    [InlineData("DreamerV2", 1_000_000, 747, 20)]
    [InlineData("DreamerV2", 2_000_000, 787, 20)]
    [InlineData("DreamerV3", 500_000, 659, 20)]
    [InlineData("DreamerV3", 1_000_000, 786, 20)]
    [InlineData("CURL", 500_000, 469, 20)]
    [InlineData("CURL", 1_000_000, 524, 20)]
    public void ColumnsHaveTheMeansOfTheirSources(string agent, long envSteps, double mean, int tasks)
    {
        var scores = TwentyTasks.SelectMany(PublishedScores.Of)
            .Where(score => score.Agent == agent && score.EnvSteps == envSteps && NotOfTheFew(score))
            .Select(score => score.Score).ToArray();
        Assert.Equal(tasks, scores.Length);
        Assert.InRange(scores.Average(), mean - 0.6, mean + 0.6);    // cells are rounded, and so is the mean
    }

    // Sources that have some of the tasks.
    private static bool NotOfTheFew(PublishedScore score) =>
        !score.Source.Contains("1811.04551") && !score.Source.Contains("2004.04136") && !score.Source.Contains("last 16,000");

    [Theory]
    [InlineData("PlaNet", "2004.04136", 136)]
    [InlineData("Dreamer", "2004.04136", 290)]
    [InlineData("CURL", "2004.04136", 560)]
    [InlineData("CURL", "compilation", 506)]
    [InlineData("DrQ-v2", "compilation", 299)]
    [InlineData("DreamerV3 12m", "compilation", 529)]
    [InlineData("MR.Q", "compilation", 448)]
    public void SixTasksAtAHundredThousandSteps(string agent, string source, double mean)
    {
        var scores = TwentyTasks.SelectMany(PublishedScores.Of)
            .Where(score => score.Agent == agent && score.EnvSteps == 100_000 && score.Source.Contains(source)).ToArray();
        Assert.Equal(6, scores.Length);
        Assert.Equal(mean, scores.Average(score => score.Score), 0.6);
    }

    [Fact]
    public void PlaNetsTableIsThere()
    {
        var scores = TwentyTasks.SelectMany(PublishedScores.Of).Where(score => score.Source.Contains("1811.04551"))
            .ToLookup(score => score.Agent, score => score.Score);
        Assert.Equal([821, 662, 930, 700, 832, 951], scores["PlaNet"]);
        Assert.Equal(6, scores["CEM in the simulator"].Count());
    }

    [Fact]
    public void EveryTaskOfTheCatalogueHasScoresAndProtocols()
    {
        ControlSuiteTasks.Register();
        foreach (var info in ControlSuiteTasks.Names.Select(EnvironmentRegistry.Find))
        {
            Assert.InRange(info.PublishedScores.Count, 12, 40);
            Assert.All(info.PublishedScores, score => Assert.InRange(score.Score, 0, 1000));
            Assert.Equal(2, Assert.Single(info.Protocols, one => one.Agent == "Dreamer").ActionRepeat);
            Assert.Equal(info.ActionRepeat, info.Protocols[0].ActionRepeat);
        }
    }

    [Fact]
    public void SingleScores()
    {
        var v2 = Assert.Single(PublishedScores.Of("cup_catch"),
            score => score is { Agent: "DreamerV2", EnvSteps: 1_000_000 });
        Assert.Equal((800, 327.0, "pixels"), (v2.Score, v2.Deviation, v2.Input));
        Assert.Equal([285, 95.6],
            PublishedScores.Of("reacher_easy").Where(score => score.Agent == "A3C").Select(score => score.Score));
        Assert.DoesNotContain(PublishedScores.Of("quadruped_walk"), score => score.Agent is "A3C" or "D4PG");
        Assert.Empty(PublishedScores.Of("mine"));
    }

    [Theory]
    [InlineData("cartpole", 8)]
    [InlineData("reacher", 4)]
    [InlineData("cheetah", 4)]
    [InlineData("cup", 4)]
    [InlineData("finger", 2)]
    [InlineData("walker", 2)]
    [InlineData("hopper", null)]
    public void PlaNetRepeatsByDomain(string domain, int? repeat) =>
        Assert.Equal(repeat, Protocols.Of(domain, 0).FirstOrDefault(one => one.Agent == "PlaNet")?.ActionRepeat);
}
