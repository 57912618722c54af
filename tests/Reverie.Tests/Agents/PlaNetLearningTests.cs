using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>PlaNet learns something tiny.</summary>
[NoTensorLeaks]
public sealed class PlaNetLearningTests
{
    private const int Length = 6, Batch = 4, Dot = 14;

    /// <summary>A white dot that actions move to and fro on grey. The grey costs nothing from the start, so what is
    /// left of the residual says how well the dot is found.</summary>
    [Fact]
    public void TheResidualOfAMovingDotHalves()
    {
        var config = SmallPlaNet.Config with
        {
            Model = new() { CnnDepth = 4, Stoch = 4, Deter = 16, Hidden = 16, RewardLayers = 1, RewardUnits = 8 },
            Optimizer = new() { LearningRate = 3e-3 },
            Loss = new(),
        };
        using var agent = SmallPlaNet.Agent(config);
        var random = new RandomSource(3);
        var (first, last) = (0.0, 0.0);
        const int Updates = 90, Average = 10;
        for (var update = 0; update < Updates; update++)
        {
            using var scope = new TensorScope();
            var residual = agent.Update(MovingDot(random), (ulong)update)["loss_image"].Item() - 11291.916696;
            if (update < Average) first += residual / Average;
            if (update >= Updates - Average) last += residual / Average;
        }
        Assert.InRange(last, 0, first / 2);
    }

    private static SequenceBatch MovingDot(RandomSource random)
    {
        var batch = new SequenceBatch(SmallPlaNet.Layout, Length, Batch);
        Array.Fill(batch.Image, (byte)128);
        for (var b = 0; b < Batch; b++)
        {
            var x = random.NextInt(64 - Dot);
            for (var t = 0; t < Length; t++)
            {
                var move = t == 0 ? 0 : random.NextInt(3) - 1;
                x = Math.Clamp(x + 4 * move, 0, 64 - Dot);
                var row = t * Batch + b;
                batch.Action[row * SmallPlaNet.ActionSize] = move;
                for (var y = 25; y < 25 + Dot; y++)
                    batch.Image.AsSpan(((row * 64 + y) * 64 + x) * 3, Dot * 3).Fill(255);
            }
        }
        return batch;
    }
}
