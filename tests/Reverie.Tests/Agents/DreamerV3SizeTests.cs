using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>How many numbers each part of DreamerV3 has, at the sizes that it is published in.</summary>
public sealed class DreamerV3SizeTests : IDisposable
{
    private static readonly string[] Parts = ["encoder", "dynamics", "decoder", "reward", "continue"];

    public void Dispose() => FreedMemory.GiveBack();

    /// <summary>Six actions and one 64×64×3 picture.</summary>
    [Theory]
    [InlineData("1m", 14_304, 376_704, 80_595, 57_663, 41_153, 50_316, 66_111, 686_846)]
    [InlineData("12m", 220_416, 5_979_648, 1_272_003, 721_407, 656_129, 791_052, 853_503, 10_494_158)]
    [InlineData("25m", 493_824, 13_442_304, 2_857_635, 1_573_503, 1_475_713, 1_776_396, 1_869_951, 23_489_326)]
    [InlineData("50m", 876_032, 23_886_848, 5_076_355, 2_753_279, 2_622_977, 3_154_956, 3_279_615, 41_650_062)]
    [InlineData("200m", 3_492_864, 95_483_904, 20_282_115, 10_749_183, 10_488_833, 12_601_356, 12_850_431, 165_948_686)]
    public void PicturesTakeAsManyParameters(string size, int encoder, int dynamics, int decoder, int reward, int ends,
        int actor, int critic, int total)
    {
        using var agent = Agent([size], new EpisodeLayout(new ImageSpace(), 0, 6), "model.init=glorot");
        long[] counts =
        [
            .. Parts.Select(part => agent.Model.NamedParameters()
                .Where(one => one.Name.StartsWith(part + ".", StringComparison.Ordinal)).Sum(one => one.Value.Numel)),
            agent.Actor.ParameterCount, agent.Critic.ParameterCount,
        ];
        Assert.Equal([encoder, dynamics, decoder, reward, ends, actor, critic], counts);
        Assert.Equal(total, counts.Sum());
    }

    [Fact]
    public void TheVectorOfWalkerWalkTakesAsManyParameters()
    {
        using var agent = Agent(["1m", "dmc_proprio"], new EpisodeLayout(null, 24, 6));
        Assert.Equal(640_867,
            agent.Model.ParameterCount + agent.Actor.ParameterCount + agent.Critic.ParameterCount);
    }

    /// <summary>Both ways to halve and double pictures have the same layers.</summary>
    [Fact]
    public void StridesTakeAsManyParametersAsPooling()
    {
        using var agent = Agent(["1m"], new EpisodeLayout(new ImageSpace(), 0, 6), "model.cnn=strided");
        Assert.Equal(14_304 + 376_704 + 80_595 + 57_663 + 41_153, agent.Model.ParameterCount);
    }

    private static DreamerV3 Agent(string[] more, EpisodeLayout layout, params string[] overrides)
    {
        var sources = new ConfigSources
        {
            Presets = ["dreamerv3", .. more], Overrides = [.. overrides.Select(ConfigOverride.Parse)],
        };
        return new DreamerV3(ConfigReader.Resolve(sources).Config, layout, Device.Cpu);
    }
}
