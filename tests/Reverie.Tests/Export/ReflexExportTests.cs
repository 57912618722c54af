using Reverie.Agents;
using Reverie.Export;
using Reverie.Models;
using Reverie.Runtime;
using Reverie.Torch;

namespace Reverie.Tests.Export;

/// <summary>Exported agents that remember nothing, in ONNX Runtime, beside the library.</summary>
public sealed class ReflexExportTests
{
    private const float Near = 1e-4f;

    [Theory]
    [InlineData("d4pg", "vector")]
    [InlineData("d4pg", "pixels")]
    [InlineData("d4pg", "both")]
    [InlineData("d4pg", "vector", "model.first_norm=false")]
    [InlineData("curl", "pixels")]
    public void DecisionsAndValuesAreThoseOfTheLibrary(string algorithm, string sees, params string[] set)
    {
        using var exported = new ExportedAgent(algorithm, sees, false, new() { HasValues = true }, set);
        Assert.Single(exported.Files);
        using var player = DreamAgent.Load(exported.Path);
        using var memory = player.Begin();
        using var state = exported.Agent.Begin(1, seed: 3);
        using var random = new Generator(Device.Cpu, 1);
        var environment = new DriftEnvironment(sees, false, seed: 5);
        var row = environment.Reset();
        var (least, most) = (1f, -1f);
        for (var t = 0; t < 100; t++)
        {
            using var scope = new TensorScope();
            using var noGrad = new NoGrad();
            var action = exported.Agent.Act([row], state, ActMode.Deterministic);
            var played = player.Act(memory, row.Image, row.Vector);
            for (var i = 0; i < action.Length; i++) Assert.Equal(action[i], played[i], Near);
            var step = (IReflexStep)exported.Agent;
            var value = (float)step.Value(Observation.From([row], exported.Layout, Device.Cpu),
                Tensor.FromArray(action, [1, action.Length])).Item();
            Assert.Equal(value, memory.Value[0], Near * Math.Max(1, Math.Abs(value)));
            (least, most) = (Math.Min(least, action.Min()), Math.Max(most, action.Max()));
            row = environment.Step(action);
        }
        Assert.True(most - least > 0.1);
    }

    [Theory]
    [InlineData("d4pg")]
    [InlineData("curl")]
    public void WhatHasNoModelHasNoDream(string algorithm) => Assert.Equal(
        $"an agent of kind {algorithm} has no model to dream in; leave the dream out",
        Assert.Throws<ConfigurationException>(() =>
            new ExportedAgent(algorithm, "pixels", false, new() { HasDream = true })).Message);
}
