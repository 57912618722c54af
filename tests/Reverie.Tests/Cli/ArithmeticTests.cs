using Reverie.Cli.Bench;
using Reverie.Configuration;

namespace Reverie.Tests.Cli;

public sealed class ArithmeticTests
{
    [Fact]
    public void AnUpdateOfPublishedSizesIs39MillionMultiplyAddsARow()
    {
        // 14.7 M in the encoder, 24.2 M in the decoder, 0.7 M in dynamics and reward head, by hand.
        var perRow = new Arithmetic(new Config(), actionSize: 1).Update * 1e9 / (6 * 50 * 50);
        Assert.InRange(perRow, 39.0e6, 40.0e6);
    }

    [Fact]
    public void APlanIsEveryCandidateAtEveryStep()
    {
        var config = new Config { Model = new ModelConfig { RewardLayers = 2, RewardUnits = 200 } };
        // Prior: 31·200 + 3·400·200 + 200·200 + 200·60; reward: 230·200 + 200·200 + 200.
        Assert.Equal(2e-9 * 10 * 1000 * 12 * (298_200 + 86_200), new Arithmetic(config, 1).Plan, 6);
    }

    [Fact]
    public void ShootingPlansOnce()
    {
        var config = new Config { Planner = new PlannerConfig { Kind = "shooting" } };
        Assert.Equal(new Arithmetic(new Config(), 1).Plan / 10, new Arithmetic(config, 1).Plan, 9);
    }
}
