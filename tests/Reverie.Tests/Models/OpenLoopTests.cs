using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Models;

/// <summary>Prediction without pictures after a context.</summary>
[NoTensorLeaks]
public sealed class OpenLoopTests
{
    private const int Length = 6, Batch = 2;

    [Theory]
    [InlineData("rssm")]
    [InlineData("ssm")]
    [InlineData("rnn")]
    [InlineData("drnn")]
    public void ContextIsFilteredAndTheRestIsImagined(string dynamics)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var random = new Generator(Device.Cpu, 1);
        var config = new ModelConfig
        {
            Dynamics = dynamics, CnnDepth = 1, Stoch = 2, Deter = 4, Hidden = 4, RewardLayers = 0,
        };
        using var model = new WorldModel(config, new(new ImageSpace(), 0, 1), DType.Float32, new(Device.Cpu, random));
        var batch = Chunk(random);
        var black = Tensor.Zeros([3 * Batch, 3, 64, 64], DType.UInt8);
        var darker = batch with
        {
            Seen = new(Tensor.Cat([batch.Seen.Image!.Narrow(0, 0, 3 * Batch), black]), null),
        };
        var still = batch with { Action = Tensor.Zeros(batch.Action.Shape) };

        var closed = Closed(batch);
        Same(closed, Open(batch, Length));                                          // nothing left to imagine
        var open = Open(batch, 3);
        Assert.Equal([Length, Batch, model.Dynamics.FeatureSize], open.Shape.ToArray());
        Same(Open(batch, 3), Open(darker, 3));                                      // what comes later is not looked at
        Assert.True((Closed(darker) - closed).Abs().Max().Item() > 1e-4);
        Assert.True((open - Open(still, 3)).Narrow(0, 3, 3).Abs().Max().Item() > 1e-4);

        Tensor Open(ModelBatch chunk, int context)
        {
            using var noise = new Generator(Device.Cpu, 4);
            return model.OpenLoop(chunk, context, noise, 9);
        }

        Tensor Closed(ModelBatch chunk)
        {
            using var noise = new Generator(Device.Cpu, 4);
            return model.Dynamics.Feature(model.Observe(model.Preprocess(chunk.Seen, 9), chunk, noise).Posterior);
        }
    }

    private static ModelBatch Chunk(Generator random) => new(
        new((Tensor.Rand([Length * Batch, 3, 64, 64], random) * 256).Floor().To(DType.UInt8), null),
        Tensor.Randn([Length, Batch, 1], random), Tensor.Zeros([Length, Batch]), Tensor.Zeros([Length, Batch]), null);

    private static void Same(Tensor expected, Tensor actual) =>
        Assert.Equal(expected.ToArray<float>(), actual.ToArray<float>());
}
