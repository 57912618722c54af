using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

[NoTensorLeaks]
public sealed class D4pgTests
{
    private const int Rows = 4, Chunks = 5;

    private static readonly EpisodeLayout Both = new(new ImageSpace(24, 24, 3), 3, 2), Vectors = new(null, 3, 1);

    /// <summary>Each loss moves what is its own: the actor's no encoder and no critic, the critic's no actor; nothing moves a
    /// target.</summary>
    [Theory]
    [InlineData("critic", "critic encoder")]
    [InlineData("actor", "actor")]
    public void ALossMovesThesePartsAndNoOthers(string loss, string parts)
    {
        using var scope = new TensorScope();
        using var agent = Agent(Both);
        var rows = new TransitionBatch(Both, Chunks);
        rows.Take(Batch(Both), 0.99);
        var seen = Observation.From(Both, 2 * Chunks, rows.Image, rows.Vector, Device.Cpu);
        var encoder = (ControlEncoder)agent.Modules["encoder"];
        var features = encoder.Forward(seen.Narrow(0, Chunks));
        var measures = new Dictionary<string, Tensor>();
        var value = loss == "critic" ? agent.CriticLoss(features, seen.Narrow(Chunks, Chunks), rows, measures)
            : agent.ActorLoss(features.Detach(), rows, measures);
        foreach (var (name, module) in agent.Modules)
        {
            var gradients = Reverie.Torch.Torch.Grad(value, module.Parameters(), keepGraph: true);
            var moves = gradients.Count(one => one is not null && one.Abs().Sum().Item() > 0);
            Assert.Equal(parts.Split(' ').Contains(name) ? gradients.Length : 0, moves);
        }
    }

    [Fact]
    public void TargetsStandStillAndThenBecomeWhatHasLearned()
    {
        using var agent = Agent(Both, "critic.slow_every=3");
        AssertAlike(agent, true);
        var before = Numbers(agent.SlowCritic);
        for (ulong update = 1; update <= 6; update++)
        {
            Update(agent, Batch(Both, update), update);
            AssertAlike(agent, update % 3 == 0);
            if (update < 3) Assert.Equal(before, Numbers(agent.SlowCritic));
        }
    }

    /// <summary>∂π of minus the mean value is what the loss gives where nothing is cut; where it is, the size is 1 at most.
    /// </summary>
    [Fact]
    public void TheActorClimbsTheMeanOfReturns()
    {
        using var scope = new TensorScope();
        using var free = Agent(Vectors, "actor.action_gradient=none");
        using var cut = Agent(Vectors, "actor.action_gradient=norm");
        var rows = new TransitionBatch(Vectors, Chunks);
        rows.Take(Batch(Vectors), 0.99);
        var features = Tensor.FromArray(rows.Vector[..(3 * Chunks)], [Chunks, 3]);
        var parameters = free.Actor.Parameters();
        var found = Reverie.Torch.Torch.Grad(free.ActorLoss(features, rows, new Dictionary<string, Tensor>()), parameters);
        using var returns = new Reverie.Behaviors.AtomReturns(21, 150, Device.Cpu);
        var value = -returns.Mean(free.Critic.Forward(features, free.Actor.Forward(features))).Mean();
        var due = Reverie.Torch.Torch.Grad(value, parameters);
        Assert.All(found.Zip(due), pair => Near.Equal(
            [.. pair.Second!.Flatten().ToArray<float>().Select(one => (double)one)], pair.First!.Flatten(), 1e-5));
        var less = Reverie.Torch.Torch.Grad(cut.ActorLoss(features, rows, new Dictionary<string, Tensor>()), cut.Actor.Parameters());
        Assert.True(less.Sum(one => one!.Square().Sum().Item()) < found.Sum(one => one!.Square().Sum().Item()));
    }

    [Fact]
    public void NoiseIsOfTheEnvironmentsOwnSizeAndEvaluationHasNone()
    {
        using var agent = Agent(Vectors, "environment.count=3", "exploration.least_noise=0.1", "exploration.action_noise=0.5");
        using var state = agent.Begin(3, 1);
        var row = new TimeStep { Vector = [.1f, .2f, .3f], IsFirst = true };
        var quiet = agent.Act([row, row, row], state, ActMode.Evaluate);
        Assert.Equal(quiet, agent.Act([row, row, row], state, ActMode.Deterministic));
        var squares = new double[3];
        for (var i = 0; i < 400; i++)
        {
            var action = agent.Act([row, row, row], state, ActMode.Collect);
            for (var n = 0; n < 3; n++) squares[n] += Math.Pow(action[n] - quiet[n], 2) / 400;
        }
        Assert.All(squares.Zip([.1, .3, .5]), pair => Assert.Equal(pair.Second, Math.Sqrt(pair.First), 0.15 * pair.Second));
    }

    /// <summary>A task of one decision, whose reward is the larger the nearer the action is to a tenth of what is seen.
    /// </summary>
    [Fact]
    public void ItLearnsWhatToDo()
    {
        using var agent = Agent(Vectors, "critic.support=1", "actor.learning_rate=3e-3", "critic.learning_rate=3e-3",
            "critic.slow_every=10");
        var random = new RandomSource(4);
        var batch = new SequenceBatch(Vectors, 2, 64);
        for (ulong update = 0; update < 400; update++)
        {
            for (var b = 0; b < batch.B; b++)
            {
                var (seen, done) = ((float)random.NextDouble(-5, 5), (float)random.NextDouble(-1, 1));
                (batch.Vector[3 * b], batch.Action[batch.B + b]) = (seen, done);
                batch.Reward[batch.B + b] = 1 - MathF.Abs(done - seen / 10);
                (batch.IsLast[batch.B + b], batch.IsTerminal[batch.B + b]) = (true, true);
            }
            Update(agent, batch, update);
        }
        using var state = agent.Begin(1, 1);
        foreach (var seen in new[] { -4f, 0, 4 })
            Assert.Equal(seen / 10, agent.Act([new() { Vector = [seen, 0, 0] }], state, ActMode.Evaluate)[0], 0.15);
    }

    [Fact]
    public void ChoicesAreRefusedInALine() => Assert.Equal(
        "agent = d4pg learns continuous actions alone, and the environment takes 4 one-hot; the Dreamers, planet and a3c take choices",
        Assert.Throws<ConfigurationException>(() => Agent(new(null, 3, 4, OneHot: true))).Message);

    private static D4pg Agent(EpisodeLayout layout, params string[] set) => new(ConfigReader.Resolve(new ConfigSources
    {
        Presets = Presets.Stack("d4pg,tiny"),
        Overrides = [.. set.Append("actor.scale=1").Append("model.picture_units=8").Select(ConfigOverride.Parse)],
    }).Config, layout, Device.Cpu);

    private static SequenceBatch Batch(EpisodeLayout layout, ulong seed = 1)
    {
        var (batch, random) = (new SequenceBatch(layout, Rows, Chunks), new RandomSource(seed));
        for (var i = 0; i < batch.Image.Length; i++) batch.Image[i] = (byte)random.NextInt(256);
        foreach (var numbers in new[] { batch.Vector, batch.Action, batch.Reward })
            for (var i = 0; i < numbers.Length; i++) numbers[i] = (float)random.NextDouble(-1, 1);
        return batch;
    }

    private static void Update(D4pg agent, SequenceBatch batch, ulong seed)
    {
        using var scope = new TensorScope();
        Assert.All(agent.Update(batch, seed).Values, measure => Assert.True(double.IsFinite(measure.Item())));
    }

    private static float[] Numbers(Reverie.Torch.Nn.Module module) =>
        [.. module.Parameters().SelectMany(parameter => parameter.ToArray<float>())];

    private static void AssertAlike(D4pg agent, bool alike)
    {
        foreach (var name in new[] { "actor", "critic", "encoder" })
            Assert.Equal(alike, Numbers(agent.Modules[name]).SequenceEqual(Numbers(agent.Modules[$"slow_{name}"])));
    }
}
