using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Models;

/// <summary>The numbers of parameters of the published networks, recounted from their layers.</summary>
[NoTensorLeaks]
public sealed class ParameterCountTests
{
    [Theory]
    [InlineData("rssm", 1, 5_292_220)]
    [InlineData("rssm", 6, 5_293_220)]
    [InlineData("ssm", 1, 4_718_620)]
    [InlineData("ssm", 6, 4_719_620)]
    public void WholeModel(string dynamics, int actionSize, long expected)
    {
        using var model = Model(dynamics, actionSize);
        Assert.Equal(expected, model.ParameterCount);
        Assert.Equal(expected, model.NamedParameters().DistinctBy(p => p.Name).Sum(p => p.Value.Numel));
    }

    /// <summary>DreamerV2's: coloured pictures, 200 units (DMC); grey ones, 600 units (Atari), less the discount head of
    /// 1,131,601.</summary>
    [Theory]
    [InlineData(3, 6, 200, 13_656_772, 1_551_312, 1_247_248, 9_886_611, 971_601)]
    [InlineData(1, 18, 600, 19_975_379 - 1_131_601, 1_549_776, 5_664_848, 10_497_553, 1_131_601)]
    public void WholeModelOfDreamerV2(int channels, int actionSize, int units, long whole, long encoder, long dynamics,
        long decoder, long reward)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        var config = new ModelConfig
        {
            Dynamics = "discrete_rssm", Stoch = 32, Classes = 32, Deter = units, Hidden = units, Gru = "norm",
            CnnDepth = 48, RewardLayers = 4, RewardUnits = 400,
        };
        var layout = new EpisodeLayout(new ImageSpace(64, 64, channels), 0, actionSize);
        using var model = new WorldModel(config, layout, DType.Float32, new Initializer(Device.Cpu, random));
        Assert.Equal((encoder, dynamics), (model.Encoder.ParameterCount, model.Dynamics.ParameterCount));
        Assert.Equal((decoder, reward), (model.Decoder.ParameterCount, model.Reward.ParameterCount));
        Assert.Equal(whole, model.ParameterCount);
        Assert.Equal(1024 + units, model.Dynamics.FeatureSize);
    }

    [Fact]
    public void Parts()
    {
        using var model = Model("rssm", 1);
        Assert.Equal(690_144, model.Encoder.ParameterCount);
        Assert.Equal(3_795_555, model.Decoder.ParameterCount);
        Assert.Equal(250_201, model.Reward.ParameterCount);
        Assert.Equal(556_320, model.Dynamics.ParameterCount);
        Assert.Equal((1024, 230), (model.Encoder.EmbedSize, model.Dynamics.FeatureSize));
    }

    /// <summary>Names are those of the first checkpoints: pictures came first, vectors beside them.</summary>
    [Theory]
    [InlineData(true, false, "encoder.conv0.weight", 690_144, 3_795_555, 1024)]
    [InlineData(false, true, "encoder.vector.mlp.layer0.weight", 81_600, 127_605, 200)]
    [InlineData(true, true, "encoder.conv0.weight", 690_144 + 81_600, 3_795_555 + 127_605, 1224)]
    public void PartsOfEveryKindSeen(bool pictures, bool vector, string first, long encoder, long decoder, int embed)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        var layout = new EpisodeLayout(pictures ? new ImageSpace() : null, vector ? 5 : 0, 1);
        using var model = new WorldModel(new ModelConfig(), layout, DType.Float32, new Initializer(Device.Cpu, random));
        Assert.Equal((encoder, decoder), (model.Encoder.ParameterCount, model.Decoder.ParameterCount));
        Assert.Equal(embed, model.Encoder.EmbedSize);
        Assert.Equal(first, model.NamedParameters().First().Name);
        var names = model.NamedParameters().Select(parameter => parameter.Name).ToArray();
        Assert.Equal(names.Distinct(), names);
        Assert.Equal(pictures, names.Contains("decoder.deconv3.bias"));
        Assert.Equal(vector, names.Contains("decoder.vector.mlp.out.bias"));
    }

    [Fact]
    public void NothingToSeeIsRefused()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        var error = Assert.ThrowsAny<ReverieException>(() =>
            new WorldModel(new ModelConfig(), new(null, 0, 1), DType.Float32, new(Device.Cpu, random)));
        Assert.Contains("neither pictures nor vectors", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 5_295_820)]
    [InlineData(6, 5_296_820)]
    public void ModelOfDreamer(int actionSize, long expected)
    {
        using var model = Dreamer(actionSize, ends: false);
        Assert.Equal(expected, model.ParameterCount);
        Assert.Equal(actionSize == 1 ? 556_920 : 557_920, model.Dynamics.ParameterCount);
        Assert.Equal(253_201, model.Reward.ParameterCount);
        using var ends = Dreamer(actionSize, ends: true);
        Assert.Equal(413_601, ends.Continue!.ParameterCount);
        Assert.Equal(expected + 413_601, ends.ParameterCount);
    }

    [Fact]
    public void PicturesOfAnotherSizeAreRefused()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        var error = Assert.ThrowsAny<ReverieException>(() =>
            new WorldModel(new ModelConfig(), new(new ImageSpace(8, 64), 0, 1), DType.Float32, new(Device.Cpu, random)));
        Assert.Contains("8, 64", error.Message, StringComparison.Ordinal);
    }

    private static WorldModel Model(string dynamics, int actionSize)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        var config = new ModelConfig { Dynamics = dynamics };
        return new(config, new(new ImageSpace(), 0, actionSize), DType.Float32, new Initializer(Device.Cpu, random));
    }

    private static WorldModel Dreamer(int actionSize, bool ends)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        var config = ConfigReader.Resolve(new ConfigSources { Presets = ["dreamer", "paper"] }).Config.Model with { Continue = ends };
        return new(config, new(new ImageSpace(), 0, actionSize), DType.Float32, new Initializer(Device.Cpu, random));
    }
}
