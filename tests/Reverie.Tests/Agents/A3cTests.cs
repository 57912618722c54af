using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>What A3C learns by, from its definitions.</summary>
[NoTensorLeaks]
public sealed class A3cTests
{
    private static readonly EpisodeLayout Grouped = EpisodeLayout.From(
        BoxSpace.Uniform(4, -1, 1), new GroupedSpace(new DiscreteSpace(3), BoxSpace.Uniform(2, -1, 1)));

    /// <summary>Rewards 0, 1, 0.5 behind values 0.2, 0.4, 0.1 and a bootstrap of 0.9.</summary>
    [Theory]
    [InlineData("", 2.3533191, 2.37709, 1.391)]
    [InlineData("terminal", 0.99, 1.0, 1.391)]         // nothing follows the second reward
    [InlineData("limit", 1.08801, 1.099, 1.391)]       // the value of the row there, 0.1, does
    public void ReturnsStopAtEndsAndGoOnFromValuesAtTimeLimits(string end, params double[] returns)
    {
        using var scope = new TensorScope();
        Tensor Column(params double[] values) => Tensor.FromArray(values, [4, 1]);
        var ended = Column(0, 0, end.Length > 0 ? 1 : 0, 0);
        var terminal = end == "terminal" ? ended : Column(0, 0, 0, 0);
        var found = LambdaReturn.Rollout(Column(9, 0, 1, 0.5), terminal, ended, Column(0.2, 0.4, 0.1, 0.9), 0.99);
        Near.Equal(returns, found.Squeeze(-1), 1e-12);
    }

    /// <summary>Each term of each row, from the parts of the agent, in plain numbers.</summary>
    [Theory]
    [InlineData("model.lstm=0")]
    [InlineData("model.lstm=5")]
    public void LossesAreThoseOfTheAlgorithm(string lstm)
    {
        using var scope = new TensorScope();
        using var agent = SmallA3c.Agent(null, lstm);
        using var noise = new Generator(Device.Cpu, 1);
        var rows = SmallA3c.Rows(agent);
        var losses = agent.Losses(rows.OnDevice(), noise, out _);
        for (var w = 0; w < rows.B; w++)
        {
            // A worker's rows one by one, as they are acted on.
            var (values, policies) = (new double[rows.L], new Reverie.Torch.Distributions.Distribution[rows.L]);
            using var state = agent.Begin(1, 1);
            agent.Restore(state, rows.Column(w).Context!, new float[rows.A]);
            for (var k = 0; k < rows.L; k++)
            {
                var row = new TimeStep
                {
                    Image = [], Vector = rows.Vector[((k * rows.B + w) * 4)..][..4], IsFirst = rows.IsFirst[k * rows.B + w],
                };
                agent.Act([row], state, ActMode.Evaluate);
                var x = lstm == "model.lstm=0" ? state.Latent!.Stoch.Clone() : state.Latent!.Deter.Narrow(-1, 0, 5).Clone();
                values[k] = agent.Critic.Forward(x).Mean.Item();
                policies[k] = agent.Actor.Forward(x, noise);
            }
            var next = values[^1];
            for (var k = rows.L - 2; k >= 0; k--)
            {
                var to = (k + 1) * rows.B + w;
                if (rows.IsLast[to]) next = rows.IsTerminal[to] ? 0 : values[k + 1];
                next = rows.Reward[to] + 0.99 * next;
                var action = Tensor.FromArray(rows.Action[(to * rows.A)..][..rows.A], [1, rows.A]);
                var goesOn = rows.IsFirst[to] ? 0 : 1;
                Near.Equal(goesOn * -policies[k].LogProb(action).Item() * (next - values[k]), losses["actor"][k][w], 2e-5);
                Near.Equal(goesOn * 0.5 * (next - values[k]) * (next - values[k]), losses["critic"][k][w], 1e-5);
                Near.Equal(goesOn * -policies[k].Entropy().Item(), losses["entropy"][k][w], 1e-5);
            }
        }
    }

    [Theory]
    [InlineData("actor", "encoder lstm actor")]
    [InlineData("critic", "encoder lstm critic")]
    [InlineData("entropy", "encoder lstm actor")]
    public void ALossMovesThesePartsAndNoOthers(string loss, string parts)
    {
        using var scope = new TensorScope();
        using var agent = SmallA3c.Agent(null, "model.lstm=5");
        using var noise = new Generator(Device.Cpu, 1);
        var named = Named(agent);
        var losses = agent.Losses(SmallA3c.Rows(agent).OnDevice(), noise, out _);
        var gradients = Reverie.Torch.Torch.Grad(losses[loss].Sum(), [.. named.Select(one => one.Value)]);
        var moved = named.Zip(gradients).Where(pair => pair.Second is { } g && g.Abs().Max().Item() > 0)
            .Select(pair => pair.First.Name.Split('.')[0]).Distinct().Order();
        Assert.Equal(parts.Split(' ').Order(), moved);
    }

    /// <summary>What the workers would each have sent, averaged.</summary>
    [Theory]
    [InlineData("model.lstm=0")]
    [InlineData("model.lstm=5")]
    public void TheGradientIsTheMeanOfTheWorkers(string lstm)
    {
        using var scope = new TensorScope();
        using var agent = SmallA3c.Agent(null, lstm);
        var rows = SmallA3c.Rows(agent);
        var together = Gradient(agent, rows);
        var single = Enumerable.Range(0, rows.B).Select(w => Gradient(agent, rows.Column(w))).ToArray();
        for (var i = 0; i < together.Length; i++)
            Near.Equal(single.Select(one => one[i]).Average(), Tensor.Full([], together[i], DType.Float64), 1e-5);
        Assert.Contains(together, value => Math.Abs(value) > 0.01);
    }

    /// <summary>The critic's gradient alone has c_v in it, that of the entropy β.</summary>
    [Theory]
    [InlineData("loss.value=1", "critic.", 2)]
    [InlineData("loss.value=0", "critic.", 0)]
    public void TheCriticsGradientHasItsScale(string set, string part, double factor)
    {
        using var scope = new TensorScope();
        using var usual = SmallA3c.Agent(null, "loss.value=0.5");
        using var other = SmallA3c.Agent(null, set);
        var rows = SmallA3c.Rows(usual);
        var (before, after) = (Gradient(usual, rows, part), Gradient(other, rows, part));
        Assert.Contains(before, value => Math.Abs(value) > 0.01);
        for (var i = 0; i < before.Length; i++) Assert.Equal(before[i] * factor, after[i], 1e-5);
    }

    /// <summary>Where no advantage says otherwise, the policy becomes more open; with a bonus below 0 it would close.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheBonusMakesThePolicyMoreOpen(bool choices)
    {
        using var agent = SmallA3c.Agent(SmallPlaNet.LayoutOf("vector") with { OneHot = choices }, "critic.scale=0", "loss.value=0",
            "actor.entropy=1", "optimizer.learning_rate=0.1");
        var rows = SmallA3c.Rows(agent);
        Array.Clear(rows.Reward);
        var entropies = Enumerable.Range(0, 20).Select(seed => Update(agent, rows, seed)["actor_entropy"]).ToArray();
        Assert.True(entropies[^1] > entropies[0] + 0.01, $"{entropies[0]} to {entropies[^1]}");
    }

    [Theory]
    [InlineData("pixels", 0)]
    [InlineData("both", 5)]
    [InlineData("vector", 5)]
    public void WhateverIsSeenIsLearnedFrom(string encoder, int lstm)
    {
        using var agent = SmallA3c.Agent(SmallPlaNet.LayoutOf(encoder), $"model.encoder={encoder}", $"model.lstm={lstm}");
        Moves(agent);
    }

    [Fact]
    public void GroupsOfChoicesAndNumbersAreLearned()
    {
        using var agent = SmallA3c.Agent(Grouped);
        Moves(agent);
    }

    /// <summary>To 0 at the last of the updates that the environment steps come to.</summary>
    [Fact]
    public void TheLearningRateFallsAlongALine()
    {
        using var agent = SmallA3c.Agent(null, "optimizer.anneal=true", "optimizer.learning_rate=0.5", "environment.action_repeat=2",
            $"training.env_steps={4 * 2 * SmallA3c.Steps * SmallA3c.Workers}");
        var rates = Enumerable.Range(0, 6).Select(seed => Update(agent, SmallA3c.Rows(agent), seed)["learning_rate"]);
        Assert.Equal([0.5, 0.375, 0.25, 0.125, 0, 0], rates.Select(rate => Math.Round(rate, 6)));
    }

    /// <summary>Every worker's policy finds the action that pays, though others pay something.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void TheBestOfThreeChoicesIsFound(int lstm)
    {
        using var agent = SmallA3c.Agent(new EpisodeLayout(null, 1, 3) { OneHot = true }, $"model.lstm={lstm}",
            "optimizer.learning_rate=0.03");
        const int Workers = 8;
        var row = new TimeStep { Image = [], Vector = [0.5f] };
        using var state = agent.Begin(Workers, 1);
        for (var update = 0; update < 150; update++)
        {
            var batch = new SequenceBatch(agent.Layout, SmallA3c.Steps + 1, Workers, agent.MemoryRows);
            Array.Fill(batch.Vector, 0.5f);
            if (update > 0) agent.Read(state).CopyTo(batch.Context!);
            for (var k = 1; k < batch.L; k++)
            {
                var actions = agent.Act([.. Enumerable.Repeat(row, Workers)], state, ActMode.Collect);
                actions.CopyTo(batch.Action, k * Workers * 3);
                for (var w = 0; w < Workers; w++)
                    batch.Reward[k * Workers + w] = actions[w * 3 + 1] + 0.5f * actions[w * 3 + 2];
            }
            Update(agent, batch, update);
        }
        var chosen = agent.Act([.. Enumerable.Repeat(row, Workers)], state, ActMode.Evaluate);
        Assert.Equal(Enumerable.Repeat(new float[] { 0, 1, 0 }, Workers).SelectMany(one => one), chosen);
        var drawn = Enumerable.Range(0, 25)
            .Sum(_ => agent.Act([.. Enumerable.Repeat(row, Workers)], state, ActMode.Collect).Where((_, i) => i % 3 == 1).Sum());
        Assert.InRange(drawn / (25 * Workers), 0.8, 1);
    }

    private static void Moves(A3c agent)
    {
        var before = Named(agent).Select(one => one.Value.ToArray<float>()).ToArray();
        for (var seed = 0; seed < 3; seed++)
            Assert.All(Update(agent, SmallA3c.Rows(agent), seed), measure => Assert.True(double.IsFinite(measure.Value), measure.Key));
        Assert.All(Named(agent).Zip(before), pair => Assert.NotEqual(pair.Second, pair.First.Value.ToArray<float>()));
        using var state = agent.Begin(2, 1);
        foreach (var mode in new[] { ActMode.Collect, ActMode.Evaluate, ActMode.Deterministic })
            Assert.All(agent.Act(SmallPlaNet.Observations(agent.Layout, 1, true, false), state, mode),
                value => Assert.InRange(value, -1, 1));
    }

    private static Dictionary<string, double> Update(A3c agent, SequenceBatch rows, int seed)
    {
        using var scope = new TensorScope();
        return agent.Update(rows, (ulong)seed).ToDictionary(one => one.Key, one => one.Value.Item());
    }

    private static double[] Gradient(A3c agent, SequenceBatch rows, string part = "")
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var total = agent.Total(agent.Losses(rows.OnDevice(), noise, out _));
        var named = Named(agent).Where(one => one.Name.StartsWith(part, StringComparison.Ordinal)).ToArray();
        return [.. Reverie.Torch.Torch.Grad(total, [.. named.Select(one => one.Value)])
            .SelectMany((g, i) => g?.ToArray<float>().Select(value => (double)value)
                ?? Enumerable.Repeat(0.0, (int)named[i].Value.Numel))];
    }

    private static (string Name, Tensor Value)[] Named(A3c agent) =>
        [.. agent.Modules.SelectMany(module => module.Value.NamedParameters(module.Key + "."))];
}
