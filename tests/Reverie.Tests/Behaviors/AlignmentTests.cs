using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Behaviors;

/// <summary>Time from end to end: an environment whose picture, reward and action tell the row is recorded, drawn in
/// chunks, filtered and imagined on. Whoever is off by one anywhere on the way says another number.</summary>
[NoTensorLeaks]
public sealed class AlignmentTests
{
    private const int Decisions = 12, Length = 5, Batch = 40, ActionSize = 2, Horizon = 4;

    [Fact]
    public void FilteringPairsEveryRowWithTheActionThatLedToIt()
    {
        using var scope = new TensorScope();
        using var dynamics = Dynamics();
        var batch = Draw();
        var seen = batch.Seen.Vector!.Reshape(Length, Batch, -1);
        var (posterior, prior) = Observe(dynamics, batch);
        Assert.Equal(seen.ToArray<float>(), posterior.Stoch.ToArray<float>());
        // One step from the row before, with the action of this row, is this row.
        Assert.Equal(
            seen.Narrow(0, 1, Length - 1).ToArray<float>(), prior.Mean.Narrow(0, 1, Length - 1).ToArray<float>());
        var time = seen.Select(-1, 0).ToArray<float>();
        Assert.Equal(time.Select(t => CountingEnvironment.RewardAt((int)t)), batch.Reward.ToArray<float>());
        Assert.Equal(time.Select(t => t == Decisions ? 1f : 0), batch.Terminal.ToArray<float>());
        Assert.Contains(Decisions, time.Select(t => (int)t));
    }

    [Fact]
    public void ImaginationGoesOnAsTheEnvironmentWould()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var dynamics = Dynamics();
        using var environment = new CountingEnvironment(Decisions, actionSize: ActionSize);
        var start = Observe(dynamics, Draw()).Posterior.FlattenTime();
        var time = start.Stoch.Select(-1, 0).ToArray<float>();
        Tensor NextAction(Tensor feature) =>        // CountingEnvironment.ActionAt of the row it leads to
            Tensor.Stack([feature.Select(-1, 0) + 1, feature.Select(-1, 0) + 1.25], -1);
        var features = Imagination.Rollout(dynamics, start, NextAction, Horizon, noise).Arrived;
        for (var k = 1; k <= Horizon; k++)
            Assert.Equal(time.SelectMany(t => (float[])[t + k, .. environment.ActionAt((int)t + k)]),
                features[k - 1].ToArray<float>());

        const double Gamma = 0.9;
        var (reward, value) = (features.Select(-1, 0) * 0.5, features.Select(-1, 0) * 10);
        var discount = Tensor.Full(reward.Shape, Gamma);
        var returns = LambdaReturn.Estimate(new ImaginationConfig { Lambda = 1 }, reward, value, discount);
        for (var k = 1; k < Horizon; k++)
        {
            // From row t + k on: what the environment pays there and later, then the value of row t + H.
            var expected = time.Select(t => Math.Pow(Gamma, Horizon - k) * 10 * (t + Horizon)
                + Enumerable.Range(k, Horizon - k)
                    .Sum(j => Math.Pow(Gamma, j - k) * CountingEnvironment.RewardAt((int)t + j)));
            Near.Equal([.. expected], returns[k - 1], Near.Float32);
        }
    }

    private static CountingDynamics Dynamics()
    {
        using var random = new Generator(Device.Cpu, 1);
        return new CountingDynamics(ActionSize, new Initializer(Device.Cpu, random));
    }

    private static (LatentState Posterior, LatentState Prior) Observe(CountingDynamics dynamics, ModelBatch batch) =>
        dynamics.Observe(batch.Seen.Vector!.Reshape(Length, Batch, -1), batch.Action, batch.Continues,
            dynamics.Initial(Batch), Tensor.Zeros([Length, Batch, 1 + ActionSize]));

    private static ModelBatch Draw()
    {
        using var folder = new TemporaryDirectory();
        var replay = new ReplayBuffer(new EpisodeStore(folder["episodes"], 1, _ => { }), Episodes.Layout(ActionSize),
            new ReplayConfig { BatchSize = Batch, ChunkLength = Length }, new RandomSource(1));
        replay.Add(Episodes.Counting(Decisions, terminates: true, ActionSize));
        var batch = replay.CreateBatch();
        replay.Sample(batch);
        return ModelBatch.From(batch, Device.Cpu);
    }
}
