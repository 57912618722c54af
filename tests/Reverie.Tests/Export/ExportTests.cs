using Microsoft.ML.OnnxRuntime;
using Reverie.Agents;
using Reverie.Environments;
using Reverie.Export;
using Reverie.Models;
using Reverie.Runtime;
using Reverie.Torch;
using Reverie.Torch.Tracing;

namespace Reverie.Tests.Export;

/// <summary>What exported files compute, in ONNX Runtime, beside the library.</summary>
public class ExportTests
{
    private const int Decisions = 200;
    private const float Near = 1e-4f;

    private static readonly GraphOptimizationLevel[] Levels =
        [GraphOptimizationLevel.ORT_DISABLE_ALL, GraphOptimizationLevel.ORT_ENABLE_ALL];

    /// <summary>Every algorithm with all that it can see, and numbers, choices, and both in groups.</summary>
    public static TheoryData<string, string, bool?> Agents
    {
        get
        {
            var all = new TheoryData<string, string, bool?>();
            foreach (object?[] row in Dreaming) all.Add((string)row[0]!, (string)row[1]!, (bool?)row[2]);
            foreach (var sees in new[] { "pixels", "vector", "both" })
                foreach (var choices in new bool?[] { false, true, null })
                    all.Add("a3c", sees, choices);
            return all;
        }
    }

    /// <summary>Those that have a model.</summary>
    public static TheoryData<string, string, bool?> Dreaming
    {
        get
        {
            var all = new TheoryData<string, string, bool?>();
            foreach (var algorithm in new[] { "dreamer", "dreamerv2", "dreamerv3", "planet", "world_models" })
                foreach (var sees in algorithm == "world_models" ? new[] { "pixels" } : ["pixels", "vector", "both"])
                    foreach (var choices in new bool?[] { false, true, null })
                        all.Add(algorithm, sees, choices);
            return all;
        }
    }

    /// <summary>As the graph is and optimised, each from its own states. Of an agent that plans the library's action is
    /// played, so that the states are compared; <see cref="PlannerTests"/> compares plans.</summary>
    [Theory]
    [MemberData(nameof(Agents))]
    public void DecisionsAndStatesAreThoseOfTheLibrary(string algorithm, string sees, bool? choices)
    {
        using var exported = new ExportedAgent(algorithm, sees, choices, new() { HasValues = true });
        var players = Array.ConvertAll(Levels, level => Load(exported.Path, level));
        var memories = Array.ConvertAll(players, player => player.Begin());
        using var state = exported.Agent.Begin(1, seed: 3);
        var environment = new DriftEnvironment(sees, choices, seed: 5);
        var row = environment.Reset();
        for (var t = 0; t < Decisions; t++)
        {
            if (t == Decisions / 2)
            {
                row = environment.Reset();
                Array.ForEach(memories, memory => memory.Restart());
            }
            var action = exported.Agent.Act([row], state, ActMode.Deterministic);
            foreach (var memory in memories)
            {
                var played = memory.Agent.Act(memory, row.Image, row.Vector);
                if (algorithm == "planet") memory.Did(action);
                else AssertNear(action, played, $"action {t}");
                AssertNear(state.Latent!.Deter.ToArray<float>(), memory.Deter, $"deterministic state {t}");
                AssertNear(state.Latent.Stoch.ToArray<float>(), memory.Stoch, $"stochastic state {t}");
                AssertExpectations(exported.Agent, state.Latent, memory);
            }
            row = environment.Step(action);
        }
        Array.ForEach(memories, memory => memory.Dispose());
        Array.ForEach(players, player => player.Dispose());
    }

    /// <summary>Parts of models that the presets above do not have.</summary>
    [Theory]
    [InlineData("planet", "pixels", "model.dynamics=ssm")]
    [InlineData("planet", "both", "model.dynamics=rnn")]
    [InlineData("planet", "pixels", "model.dynamics=drnn")]
    [InlineData("dreamer", "pixels", "model.gru=planet")]
    [InlineData("dreamer", "vector", "model.norm=rms")]
    [InlineData("dreamerv3", "pixels", "model.cnn=pooled")]
    [InlineData("world_models", "pixels", "controller.hidden=8")]
    public void OtherPartsOfModelsAreThoseOfTheLibrary(string algorithm, string sees, string set)
    {
        using var exported = new ExportedAgent(algorithm, sees, choices: false, new() { HasDream = true }, set);
        using var player = DreamAgent.Load(exported.Path);
        using var memory = player.Begin();
        using var state = exported.Agent.Begin(1, seed: 3);
        var environment = new DriftEnvironment(sees, choices: false, seed: 5);
        var row = environment.Reset();
        for (var t = 0; t < 30; t++)
        {
            var action = exported.Agent.Act([row], state, ActMode.Deterministic);
            var played = player.Act(memory, row.Image, row.Vector);
            if (algorithm == "planet") memory.Did(action);
            else AssertNear(action, played, $"action {t}");
            AssertNear(state.Latent!.Deter.ToArray<float>(), memory.Deter, $"deterministic state {t}");
            if (memory.Stoch.Length > 0) AssertNear(state.Latent.Stoch.ToArray<float>(), memory.Stoch, $"stochastic state {t}");
            row = environment.Step(action);
        }
        Assert.Equal(sees == "vector" ? 0 : 64 * 64 * 3, player.Dream(memory).Picture.Length);
    }

    /// <summary>Latents and actions that are drawn: from the numbers that the library drew, where it is told them.</summary>
    [Theory]
    [InlineData("dreamer", false)]
    [InlineData("dreamer", true)]
    [InlineData("dreamer", null)]
    [InlineData("dreamerv2", false)]
    [InlineData("dreamerv3", true)]
    public void FromTheSameDrawsTheSameDecisionsAreMade(string algorithm, bool? choices)
    {
        using var exported = new ExportedAgent(algorithm, "both", choices, new() { HasNoise = true });
        using var player = DreamAgent.Load(exported.Path);
        var drawn = new Queue<float[]>();
        using var memory = player.Begin(1, new RecordedNumbers(drawn));
        using var state = exported.Agent.Begin(1, seed: 3);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var environment = new DriftEnvironment("both", choices, seed: 5);
        var row = environment.Reset();
        var step = (IActingStep)exported.Agent;
        var belief = step.Initial(1);
        var led = Tensor.Zeros([1, DriftEnvironment.Actions]);
        for (var t = 0; t < 30; t++)
        {
            var (mask, seen) = (Tensor.Full([1, 1], t == 0 ? 0 : 1), Observation.From([row], exported.Layout, Device.Cpu));
            using var trace = Trace.Of(() =>
            {
                belief = step.Filter(mask, led, belief, seen, state.Noise, ActMode.Evaluate);
                led = step.Choose(belief, null, state.Noise, ActMode.Evaluate)!;
            });
            RecordedNumbers.Take(trace, drawn);
            var played = player.Act(memory, row.Image, row.Vector);
            Assert.Empty(drawn);
            AssertNear(led.ToArray<float>(), played, $"action {t}");
            AssertNear(belief.Stoch.ToArray<float>(), memory.Stoch, $"stochastic state {t}");
            row = environment.Step(played);
        }
    }

    /// <summary>Pictures to one level of colour, 1 of 255 where they have all bits.</summary>
    [Theory]
    [MemberData(nameof(Dreaming))]
    public void DreamsAreThoseOfTheLibrary(string algorithm, string sees, bool? choices)
    {
        using var exported = new ExportedAgent(algorithm, sees, choices, new() { HasDream = true });
        using var player = DreamAgent.Load(exported.Path);
        using var memory = player.Begin();
        using var state = exported.Agent.Begin(1, seed: 3);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var row = new DriftEnvironment(sees, choices, seed: 5).Reset();
        var led = exported.Agent.Act([row], state, ActMode.Deterministic);
        player.Act(memory, row.Image, row.Vector);
        memory.Did(led);
        var step = (IDreamingStep)exported.Agent;
        var (world, belief) = (step.World, state.Latent!);
        for (var t = 0; t < 50; t++)
        {
            belief = world.Dynamics.PriorStep(belief, Tensor.FromArray(led, [1, led.Length]), null);
            var dream = player.Dream(memory);
            AssertNear(belief.Deter.ToArray<float>(), memory.Deter, $"deterministic state {t}");
            AssertNear(belief.Stoch.ToArray<float>(), memory.Stoch, $"stochastic state {t}");
            AssertNear(world.RewardOf(belief).ToArray<float>(), dream.Rewards, $"reward {t}", relative: true);
            Assert.Equal(world.ContinuesAfter(belief) is null, dream.Continues is null);
            if (world.ContinuesAfter(belief) is { } on) AssertNear(on.ToArray<float>(), dream.Continues, $"continues {t}");
            if (sees == "vector") Assert.Empty(dream.Picture);
            else AssertAlike(world.Draw(belief), dream.Picture, (world as WorldModel)?.Bits ?? 8);
            Assert.Equal(sees == "pixels" ? 0 : DriftEnvironment.Entries, dream.Vector.Length);
            if (step.Choose(belief, null, state.Noise, ActMode.Deterministic) is { } action)
                AssertNear(action.ToArray<float>(), dream.Action, $"action {t}");
            led = [.. dream.Action];
        }
    }

    [Fact]
    public void ManyRowsArePlayedAtOnceAsEachAlone()
    {
        const int Rows = 5;
        using var exported = new ExportedAgent("dreamerv3", "both", choices: true);
        using var player = DreamAgent.Load(exported.Path);
        using var together = player.Begin(Rows);
        var alone = Enumerable.Range(0, Rows).Select(_ => player.Begin()).ToArray();
        var environments = Enumerable.Range(0, Rows).Select(n => new DriftEnvironment("both", true, (ulong)n)).ToArray();
        var rows = Array.ConvertAll(environments, one => one.Reset());
        for (var t = 0; t < 30; t++)
        {
            if (t == 10)
            {
                rows[3] = environments[3].Reset();
                together.Restart(3);
                alone[3].Restart();
            }
            var actions = player.Act(together, rows.SelectMany(row => row.Image).ToArray(), rows.SelectMany(row => row.Vector).ToArray());
            for (var n = 0; n < Rows; n++)
            {
                var own = player.Act(alone[n], rows[n].Image, rows[n].Vector);
                AssertNear(own, actions.AsSpan(n * own.Length, own.Length), $"row {n} at {t}");
                rows[n] = environments[n].Step(own);
            }
        }
        Array.ForEach(alone, memory => memory.Dispose());
    }

    private static DreamAgent Load(string path, GraphOptimizationLevel level)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = level, IntraOpNumThreads = 1 };
        options.AddSessionConfigEntry("session.strict_shape_type_inference", "1");     // a shape that is wrong is refused
        return DreamAgent.Load(path, options);
    }

    // Where colours have fewer bits, a number at the border of two of them may come to either: one such level, and rarely.
    private static void AssertAlike(byte[] expected, byte[] found, int bits)
    {
        Assert.Equal(expected.Length, found.Length);
        var level = 1 << (8 - bits);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - found[i]) <= level, $"byte {i}: {expected[i]} and {found[i]}");
        if (level > 1) Assert.InRange(expected.Zip(found).Count(pair => pair.First != pair.Second), 0, expected.Length / 1000);
    }

    private static void AssertExpectations(IAgent agent, LatentState belief, AgentMemory memory)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var step = (IActingStep)agent;
        if (agent is IDreamingAgent dreaming)
            AssertNear(dreaming.World.RewardOf(belief).ToArray<float>(), memory.Reward, "reward", relative: true);
        else Assert.Equal(0, memory.Reward.Length);
        if (step.Value(belief) is { } value) AssertNear(value.ToArray<float>(), memory.Value, "value", relative: true);
        else Assert.Equal(0, memory.Value.Length);
    }

    private static void AssertNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, string what, bool relative = false)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var most = relative ? Near * Math.Max(1, Math.Abs(expected[i])) : Near;
            Assert.True(Math.Abs(expected[i] - found[i]) <= most, $"{what}[{i}]: {expected[i]} and {found[i]}");
        }
    }
}
