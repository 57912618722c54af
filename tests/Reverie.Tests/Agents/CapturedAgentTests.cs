using Reverie.Agents;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Agents;

/// <summary>Updates and decisions that are recorded come to the same bits as those that are not.</summary>
public sealed class CapturedAgentTests
{
    private readonly List<string> told = [];
    private int replays;

    [Theory]
    [InlineData("planet")]
    [InlineData("dreamer")]
    [InlineData("dreamer, discrete")]
    [InlineData("dreamerv2")]
    [InlineData("dreamerv2, continuous")]
    [InlineData("dreamerv3")]
    [InlineData("dreamerv3, discrete")]
    public void UpdatesAreThoseThatAreNotRecorded(string kind)
    {
        using var plain = Agent(kind);
        using var recorded = Captured(Agent(kind));
        for (ulong seed = 0; seed < 9; seed++)
        {
            using var scope = new TensorScope();
            var (expected, actual) = (plain.Update(Rows(kind, seed, plain), seed),
                recorded.Update(Rows(kind, seed, recorded), seed));
            Assert.Equal(expected.Keys, actual.Keys);
            Assert.All(expected.Keys, name => Assert.Equal(expected[name].Item(), actual[name].Item()));
        }
        Assert.Empty(told);
        Assert.Equal(6, replays);
        Assert.Equal(Numbers(plain), Numbers(recorded));
    }

    [Theory]
    [InlineData("planet", ActMode.Evaluate)]
    [InlineData("planet", ActMode.Collect)]
    [InlineData("dreamer", ActMode.Collect)]
    [InlineData("dreamerv2", ActMode.Collect)]
    [InlineData("dreamerv2", ActMode.Evaluate)]
    [InlineData("dreamerv3", ActMode.Collect)]
    [InlineData("dreamerv3", ActMode.Evaluate)]
    public void DecisionsAreThoseThatAreNotRecorded(string kind, ActMode mode)
    {
        using var plain = Agent(kind);
        using var recorded = Captured(Agent(kind));
        using var one = plain.Begin(2, 7);
        using var other = recorded.Begin(2, 7);
        for (ulong row = 0; row < 8; row++)
        {
            var seen = SmallPlaNet.Observations(plain.Model.Layout, row, row == 0, row is 0 or 5);
            Assert.Equal(plain.Act(seen, one, mode), recorded.Act(seen, other, mode));
        }
        Assert.Empty(told);
    }

    [Fact]
    public void AnUpdateThatReadsTheHostStaysAsWritten()
    {
        var config = SmallDreamer.Config;
        config = config with
        {
            Loss = config.Loss with
            {
                Representation = "contrastive", Contrastive = config.Loss.Contrastive with { WindowRolls = true },
            },
        };
        using var plain = SmallDreamer.Agent(config);
        using var recorded = Captured(SmallDreamer.Agent(config));
        for (ulong seed = 0; seed < 6; seed++)
        {
            using var scope = new TensorScope();
            plain.Update(Rows("dreamer", seed), seed);
            recorded.Update(Rows("dreamer", seed), seed);
        }
        Assert.Equal(Numbers(plain), Numbers(recorded));
        Assert.StartsWith("updating goes without a CUDA graph: FromArray", Assert.Single(told), StringComparison.Ordinal);
    }

    private static ModelAgent Agent(string kind) => kind switch
    {
        "planet" => SmallPlaNet.Agent(),
        "dreamer" => SmallDreamer.Agent(),
        "dreamer, discrete" => SmallDreamer.Agent(layout: SmallDreamerV2.Choices),
        "dreamerv2" => SmallDreamerV2.Agent(SmallDreamerV2.Config with
        {
            Critic = SmallDreamerV2.Config.Critic with { SlowEvery = 3, SlowFraction = 1 },
        }),
        "dreamerv3" => SmallDreamerV3.Agent(),
        "dreamerv3, discrete" => SmallDreamerV3.Agent(layout: SmallDreamerV2.Choices),
        _ => SmallDreamerV2.Agent(layout: SmallPlaNet.Layout),
    };

    // A row begins an episode in every batch: what has none takes another path, in the last bits, unless it is recorded.
    private static SequenceBatch Rows(string kind, ulong seed, ModelAgent? agent = null)
    {
        var rows = agent is DreamerV3 v3 ? SmallDreamerV3.Rows(v3, seed + 1)
            : kind is "dreamerv2" or "dreamer, discrete"
            ? SmallDreamerV2.Rows()
            : SmallPlaNet.Rows(seed);
        rows.IsFirst[(2 + (int)seed % 2) * SmallPlaNet.Batch] = true;
        return rows;
    }

    private ModelAgent Captured(ModelAgent agent)
    {
        agent.Logger = new LineLogger(told.Add);
        agent.Capture(() => new RepeatedGraph(() => agent.Modules.Values.SelectMany(Parameters)
            .Concat(agent.Optimizers.Values.SelectMany(optimizer => optimizer.State).Select(moment => moment.Value)),
            () => replays++));
        return agent;
    }

    private static IEnumerable<Tensor> Parameters(Module module) =>
        module.NamedParameters().Select(parameter => parameter.Value);

    private static float[] Numbers(ModelAgent agent)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        return [.. agent.Modules.Values.SelectMany(Parameters).SelectMany(value => value.Detach().ToArray<float>())];
    }
}
