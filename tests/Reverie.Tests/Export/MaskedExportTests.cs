using Microsoft.ML.OnnxRuntime;
using Reverie.Agents;
using Reverie.Environments;
using Reverie.Export;
using Reverie.Models;
using Reverie.Policies;
using Reverie.Runtime;
using Reverie.Torch;
using Reverie.Torch.Tracing;

namespace Reverie.Tests.Export;

/// <summary>Choices that are not allowed, in exported files beside the library: of decisions, of plans, of dreams.</summary>
public class MaskedExportTests
{
    private const int Decisions = 200;

    /// <summary>Each algorithm with one choice and with a choice beside numbers.</summary>
    public static TheoryData<string, bool?> Agents
    {
        get
        {
            var all = new TheoryData<string, bool?>();
            foreach (var algorithm in new[] { "dreamer", "dreamerv2", "dreamerv3", "planet", "world_models" })
                foreach (var choices in new bool?[] { true, null }) all.Add(algorithm, choices);
            return all;
        }
    }

    /// <summary>The same, and one without a model.</summary>
    public static TheoryData<string, bool?> Acting
    {
        get
        {
            var all = Agents;
            foreach (var choices in new bool?[] { true, null }) all.Add("a3c", choices);
            return all;
        }
    }

    /// <summary>Of PlaNet plans are made from what the library draws.</summary>
    [Theory]
    [MemberData(nameof(Acting))]
    public void DecisionsObeyTheMaskAsInTheLibrary(string algorithm, bool? choices)
    {
        using var exported = Exported(algorithm, choices);
        using var player = DreamAgent.Load(exported.Path);
        using var plain = Load(exported.Path, GraphOptimizationLevel.ORT_DISABLE_ALL);
        var drawn = new Queue<float[]>();
        var memories = new[] { player, plain }.Select(agent => agent.Begin(1,
            algorithm == "planet" ? new RecordedNumbers(drawn) : new NumberSource(1))).ToArray();
        Assert.True(player.Info.IsMasked);
        using var state = exported.Agent.Begin(1, seed: 3);
        var environment = new DriftEnvironment(Sees(algorithm), choices, seed: 5, masked: true);
        var (row, turned) = (environment.Reset(), 0);
        for (var t = 0; t < Decisions; t++)
        {
            var action = exported.Agent.Act([row], state, ActMode.Deterministic);
            Assert.Null(exported.Layout.Groups.Forbidden(action, row.ActionMask));
            if (exported.Agent is not PlaNet) turned += IsTurned(exported.Agent, state.Latent!, action) ? 1 : 0;
            foreach (var memory in memories)
            {
                var planned = exported.Agent is PlaNet planet ? Plan(planet, state, row, (ulong)t, drawn) : action;
                AssertNear(planned, memory.Agent.Act(memory, row.Image, row.Vector, row.ActionMask), $"action {t}");
                Assert.Empty(drawn);
                Assert.Null(exported.Layout.Groups.Forbidden(memory.Action, row.ActionMask));
                AssertNear(state.Latent!.Deter.ToArray<float>(), memory.Deter, $"deterministic state {t}");
                AssertNear(state.Latent.Stoch.ToArray<float>(), memory.Stoch, $"stochastic state {t}");
                memory.Did(action);
            }
            row = environment.Step(action);
        }
        if (exported.Agent is not PlaNet) Assert.InRange(turned, 10, Decisions);      // the mask had something to say
        Array.ForEach(memories, memory => memory.Dispose());
    }

    /// <summary>What the model believes to be allowed, and a next action of nothing else. World Models believes nothing.</summary>
    [Theory]
    [MemberData(nameof(Agents))]
    public void DreamsObeyTheMaskThatTheModelBelieves(string algorithm, bool? choices)
    {
        using var exported = Exported(algorithm, choices, new() { HasDream = true });
        using var player = DreamAgent.Load(exported.Path);
        using var memory = player.Begin();
        using var state = exported.Agent.Begin(1, seed: 3);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var row = new DriftEnvironment(Sees(algorithm), choices, seed: 5, masked: true).Reset();
        var led = exported.Agent.Act([row], state, ActMode.Deterministic);
        player.Act(memory, row.Image, row.Vector, row.ActionMask);
        memory.Did(led);
        var step = (IDreamingStep)exported.Agent;
        var (belief, forbidden) = (state.Latent!, 0);
        for (var t = 0; t < 50; t++)
        {
            belief = step.World.Dynamics.PriorStep(belief, Tensor.FromArray(led, [1, led.Length]), null);
            var (allowed, dream) = (step.Allowed(belief), player.Dream(memory));
            Assert.Equal(allowed?.ToArray<float>() ?? [], dream.Mask);
            var mask = Array.ConvertAll(dream.Mask, entry => entry > 0);
            forbidden += mask.Count(entry => !entry);
            Assert.Null(exported.Layout.Groups.Forbidden(dream.Action, mask));
            if (step.Choose(belief, allowed, state.Noise, ActMode.Deterministic) is { } action)
                AssertNear(action.ToArray<float>(), dream.Action, $"action {t}");
            led = [.. dream.Action];
        }
        Assert.Equal(algorithm == "world_models", forbidden == 0);
    }

    /// <summary>With noise, from the numbers that the library drew; and whatever is drawn, nothing is chosen that is not
    /// allowed.</summary>
    [Theory]
    [InlineData("dreamer", true)]
    [InlineData("dreamerv2", null)]
    public void DrawnDecisionsObeyTheMask(string algorithm, bool? choices)
    {
        using var exported = Exported(algorithm, choices, new() { HasNoise = true }, "exploration.evaluation_epsilon=0.7");
        using var player = DreamAgent.Load(exported.Path);
        var drawn = new Queue<float[]>();
        using var memory = player.Begin(1, new RecordedNumbers(drawn));
        using var own = player.Begin(seed: 1);
        using var state = exported.Agent.Begin(1, seed: 3);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var environment = new DriftEnvironment(Sees(algorithm), choices, seed: 5, masked: true);
        var (row, step) = (environment.Reset(), (IActingStep)exported.Agent);
        var (belief, led) = (step.Initial(1), Tensor.Zeros([1, DriftEnvironment.Actions]));
        for (var t = 0; t < Decisions; t++)
        {
            var (goesOn, seen) = (Tensor.Full([1, 1], t == 0 ? 0 : 1), Observation.From([row], exported.Layout, Device.Cpu));
            var allowed = ActionMasks.Of([row], exported.Layout, Device.Cpu);
            using var trace = Trace.Of(() =>
            {
                belief = step.Filter(goesOn, led, belief, seen, state.Noise, ActMode.Evaluate);
                led = step.Choose(belief, allowed, state.Noise, ActMode.Evaluate)!;
            });
            RecordedNumbers.Take(trace, drawn);
            AssertNear(led.ToArray<float>(), player.Act(memory, row.Image, row.Vector, row.ActionMask), $"action {t}");
            Assert.Empty(drawn);
            Assert.Null(exported.Layout.Groups.Forbidden(player.Act(own, row.Image, row.Vector, row.ActionMask), row.ActionMask));
            row = environment.Step(memory.Action);
        }
    }

    [Fact]
    public void ManyRowsHaveMasksOfTheirOwnAndNothingIsAllocated()
    {
        using var exported = Exported("planet", true);
        using var player = DreamAgent.Load(exported.Path);
        using var memory = player.Begin(3);
        var (picture, vector) = (new byte[3 * player.Info.PictureSize], new float[3 * player.Info.VectorSize]);
        bool[] mask = [true, false, false, false, true, false, false, false, true];
        for (var i = 0; i < 3; i++) player.Act(memory, picture, vector, mask);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) player.Act(memory, picture, vector, mask);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0, 1], memory.Action);
    }

    [Fact]
    public void MasksThatDoNotFitAreRefused()
    {
        using var exported = new ExportedAgent("dreamer", "vector", DriftEnvironment.LayoutOf("vector", true, masked: true));
        using var player = DreamAgent.Load(exported.Path);
        using var memory = player.Begin(2);
        Assert.StartsWith("a mask of 0 entries; 6 are due",
            Assert.Throws<ArgumentException>(() => player.Act(memory, new float[6])).Message);
        Assert.StartsWith("the mask allows none of the 3 choices from entry 3 on",
            Assert.Throws<ArgumentException>(() => player.Act(memory, new float[6], new[] { true, true, true, false, false, false }))
                .Message);
        using var free = new ExportedAgent("dreamer", "vector", choices: true);
        using var other = DreamAgent.Load(free.Path);
        using var any = other.Begin();
        Assert.StartsWith("a mask of 3 entries; 0 are due",
            Assert.Throws<ArgumentException>(() => other.Act(any, new float[3], new[] { true, true, true })).Message);
    }

    [Fact]
    public void APolicyOfTheLibraryTakesTheMask()
    {
        using var exported = new ExportedAgent("dreamer", "vector", DriftEnvironment.LayoutOf("vector", true, masked: true));
        var policy = Policy.Of(exported.Agent, exported.Config, exported.Layout);       // whose agent is disposed above
        for (var only = 0; only < DriftEnvironment.Actions; only++)
        {
            using var memory = policy.Begin();
            var mask = new bool[DriftEnvironment.Actions];
            mask[only] = true;
            Assert.Equal(1, policy.Act(memory, vector: [0, 0, 0], mask: mask)[only]);
        }
        using var other = policy.Begin();
        Assert.Equal("what is seen does not fit the agent, which does 3 one-hot, masked: its mask of actions has 0 entries where 3 "
            + "are due", Assert.Throws<EnvironmentException>(() => policy.Act(other, vector: [0, 0, 0])).Message);
        Assert.StartsWith("an agent without a run",
            Assert.Throws<ConfigurationException>(() => policy.ExportRun("nowhere")).Message);
    }

    private static string Sees(string algorithm) => algorithm == "world_models" ? "pixels" : "both";

    private static ExportedAgent Exported(string algorithm, bool? choices, ExportOptions? options = null, params string[] set) =>
        new(algorithm, Sees(algorithm), DriftEnvironment.LayoutOf(Sees(algorithm), choices, masked: true), options, set);

    private static DreamAgent Load(string path, GraphOptimizationLevel level)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = level, IntraOpNumThreads = 1 };
        return DreamAgent.Load(path, options);
    }

    // Whether something else would have been done without a mask.
    private static bool IsTurned(IAgent agent, LatentState belief, float[] action)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var noise = new Generator(Device.Cpu, 1);
        return !((IActingStep)agent).Choose(belief, null, noise, ActMode.Deterministic)!.ToArray<float>().SequenceEqual(action);
    }

    private static float[] Plan(PlaNet agent, AgentState state, TimeStep row, ulong seed, Queue<float[]> drawn)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, seed);
        var allowed = ActionMasks.Of([row], agent.Model.Layout, Device.Cpu);
        Tensor? planned = null;
        using var trace = Trace.Of(() => planned = agent.Planner.Plan(agent.Model, state.Latent!, noise, null, allowed));
        RecordedNumbers.Take(trace, drawn);
        return planned!.ToArray<float>();
    }

    private static void AssertNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - found[i]) <= 1e-4f, $"{what}[{i}]: {expected[i]} and {found[i]}");
    }
}
