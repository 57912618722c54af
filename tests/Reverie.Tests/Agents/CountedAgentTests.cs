using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>The arithmetic of agents without a model against layers counted by hand.</summary>
[NoTensorLeaks]
public sealed class CountedAgentTests
{
    [Fact]
    public void D4pgFromVectors()
    {
        // Actor 3·32 + 32² + 32; critic (3 + 1)·32 + 32² + 32·21.
        using var agent = Agent("d4pg,tiny", new(null, 3, 1));
        Assert.Equal(new(16 * (4 * 1152 + 6 * 1824), 1152), Products(agent));
    }

    [Fact]
    public void D4pgFromPicturesWithTheActionAtTheSecondLayer()
    {
        // 24 → 11 → 9: 9·3·32·11² + 9·32²·9², and 81·32 maps to 8. Actor 8·32 + 32² + 2·32; critic 8·32 + (32 + 2)·32 + 32·21.
        using var agent = Agent("d4pg,tiny", new(new ImageSpace(24, 24, 3), 0, 2), "model.picture_units=8", "model.first_norm=false",
            "model.cnn_depth=32");
        const double Sees = 851_040 + 20_736;
        Assert.Equal(new(16 * (4 * Sees + 4 * 1344 + 6 * 2016), Sees + 1344), Products(agent));
    }

    [Fact]
    public void CurlWhoseActorLearnsAtEveryOtherUpdate()
    {
        // 18 → 8 → 6 → 4 → 2 with 4 channels, and 16 maps to 16; critics 18·32 + 32² + 32 each; actor 16·16 + 16·32 + 32² + 32·4;
        // scores 16², and 8 keys of 16.
        using var agent = Agent("curl,tiny", new(new ImageSpace(20, 24, 3), 0, 2), "model.crop=18");
        const double Sees = 14_976, Head = 256, Critics = 3264, Actor = 1920, Scores = 384;
        Assert.Equal(new(8 * (8 * Sees + 7 * Head + 4 * Critics + Actor + 3 * Scores + 2 * Actor + 1.5 * Critics), Sees + Actor, 2),
            Products(agent));
    }

    [Theory]
    [InlineData(0, 160, 1088, 1056)]
    [InlineData(8, 160 + 40 * 32, 8 * 32 + 64, 8 * 32 + 32)]
    public void A3cWhoseLastRowIsValuedAlone(int lstm, double sees, double actor, double critic)
    {
        // A vector of 5 to 32; an LSTM of 8 units has 32 gates of 40 inputs; actor and critic have 32 units each.
        using var agent = Agent("a3c,tiny,vector", new(null, 5, 1), $"model.lstm={lstm}");
        Assert.Equal(new(4 * (16 * (sees + critic) + 15 * actor), sees + actor), Products(agent));
    }

    private static AgentProducts Products(IAgent agent) => ((ICountedAgent)agent).Products;

    private static IAgent Agent(string presets, EpisodeLayout layout, params string[] set)
    {
        var config = ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack(presets), Overrides = [.. set.Select(ConfigOverride.Parse)],
        }).Config;
        return AgentRegistry.Create(config, layout, Device.Cpu, DType.Float32);
    }
}
