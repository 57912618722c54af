using Reverie.Agents;
using Reverie.Runtime;
using Reverie.Torch;
using Reverie.Torch.Tracing;

namespace Reverie.Tests.Export;

/// <summary>The planner of the small package beside the library's.</summary>
public class PlannerTests
{
    [Theory]
    [InlineData("cem", "pixels", false)]
    [InlineData("cem", "both", true)]
    [InlineData("shooting", "vector", false)]
    [InlineData("cem", "vector", true)]
    [InlineData("cem", "vector", null)]
    public void FromTheSameDrawsTheSamePlanIsMade(string kind, string sees, bool? choices)
    {
        using var exported = new ExportedAgent("planet", sees, choices, null, $"planner.kind={kind}");
        using var player = DreamAgent.Load(exported.Path);
        using var state = exported.Agent.Begin(1, seed: 3);
        var drawn = new Queue<float[]>();
        using var memory = player.Begin(1, new RecordedNumbers(drawn));
        var environment = new DriftEnvironment(sees, choices, seed: 5);
        var row = environment.Reset();
        for (var t = 0; t < 5; t++)
        {
            var led = exported.Agent.Act([row], state, ActMode.Deterministic);
            var planned = Plan((PlaNet)exported.Agent, state, seed: (ulong)t, drawn);
            var played = player.Act(memory, row.Image, row.Vector);
            Assert.Empty(drawn);
            for (var a = 0; a < planned.Length; a++) Assert.Equal(planned[a], played[a], 1e-4f);
            memory.Did(led);
            row = environment.Step(led);
        }
    }

    /// <summary>What the library plans in a state, and all that it draws for it.</summary>
    private static float[] Plan(PlaNet agent, AgentState state, ulong seed, Queue<float[]> drawn)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, seed);
        Tensor? planned = null;
        using var trace = Trace.Of(() => planned = agent.Planner.Plan(agent.Model, state.Latent!, noise));
        RecordedNumbers.Take(trace, drawn);
        return planned!.ToArray<float>();
    }
}
