using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Training;

namespace Reverie.Tests.Agents;

/// <summary>Behavior is learned once the model has had its updates, and the model does not notice when.</summary>
[NoTensorLeaks]
public sealed class BehaviorStartTests
{
    [Theory]
    [InlineData("dreamer")]
    [InlineData("dreamerv2")]
    public void ActorAndCriticWaitForTheModel(string algorithm)
    {
        using var agent = Agent(algorithm, after: 2);
        for (var update = 0; update < 3; update++)
        {
            using var scope = new TensorScope();
            var before = Content(agent);
            var measures = agent.Update(Rows(algorithm), (ulong)update);
            var learns = update == 2;
            Assert.Equal(learns, measures.ContainsKey("loss_actor"));
            Assert.Equal(learns, measures.ContainsKey("imagined_value"));
            var after = Content(agent);
            Assert.True(!before["model"].SequenceEqual(after["model"]));
            Assert.Equal(learns, !before["actor"].SequenceEqual(after["actor"]));
            Assert.Equal(learns, !before["critic"].SequenceEqual(after["critic"]));
            Assert.Equal(learns ? 1 : 0, agent.Optimizers["actor"].StepCount);
        }
    }

    [Theory]
    [InlineData("dreamer")]
    [InlineData("dreamerv2")]
    public void TheModelLearnsTheSameBeforeAsWithout(string algorithm)
    {
        using var waiting = Agent(algorithm, after: 1);
        using var learning = Agent(algorithm, after: 0);
        using var scope = new TensorScope();
        waiting.Update(Rows(algorithm), 7);
        learning.Update(Rows(algorithm), 7);
        Assert.Equal(Content(learning)["model"], Content(waiting)["model"]);
    }

    /// <summary>What is measured more from some update on is averaged from the next window on.</summary>
    [Fact]
    public void AMeterTakesMeasuresThatComeLater()
    {
        using var scope = new TensorScope();
        using var meter = new MetricMeter(Device.Cpu);
        meter.Add(Measures(("a", 1)));
        meter.Add(Measures(("a", 3), ("b", 5)));
        Assert.Equal(new() { ["a"] = 2 }, meter.Take());
        meter.Add(Measures(("a", 4), ("b", 6)));
        Assert.Equal(new() { ["a"] = 4, ["b"] = 6 }, meter.Take());
    }

    private static Dictionary<string, Tensor> Measures(params (string Name, float Value)[] measures) =>
        measures.ToDictionary(one => one.Name, one => Tensor.FromArray([one.Value], []));

    private static ModelAgent Agent(string algorithm, int after)
    {
        var config = algorithm == "dreamer" ? SmallDreamer.Config : SmallDreamerV2.Config;
        config = config with { Imagination = config.Imagination with { AfterUpdates = after } };
        return algorithm == "dreamer" ? SmallDreamer.Agent(config) : SmallDreamerV2.Agent(config);
    }

    private static Reverie.Replay.SequenceBatch Rows(string algorithm) =>
        algorithm == "dreamer" ? SmallPlaNet.Rows() : SmallDreamerV2.Rows();

    private static Dictionary<string, float[]> Content(ModelAgent agent) => agent.Modules.ToDictionary(
        module => module.Key,
        module => module.Value.NamedParameters().SelectMany(p => p.Value.ToArray<float>()).ToArray());
}
