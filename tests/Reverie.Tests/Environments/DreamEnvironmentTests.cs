using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Dreams;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Training;
using Reverie.Torch;

namespace Reverie.Tests.Environments;

/// <summary>A model's dream in place of the world it was learned from.</summary>
public sealed class DreamEnvironmentTests : IDisposable
{
    private static readonly string[] Small =
        ["vae.latents=4", "memory.units=8", "memory.mixtures=2", "memory.done=true"];

    private readonly TemporaryDirectory folder = new();

    public DreamEnvironmentTests()
    {
        BarEnvironment.Register();
        DreamTasks.Register();
    }

    public void Dispose() => folder.Dispose();

    /// <summary>With hardly any temperature a step is the most probable one, whatever is drawn; otherwise the seed
    /// decides.</summary>
    [Theory]
    [InlineData("planet")]
    [InlineData("world_models")]
    public void TheTemperatureDecidesHowMuchIsChance(string agent)
    {
        Assert.Equal(Dream(agent, 1, seed: 3), Dream(agent, 1, seed: 3));
        Assert.NotEqual(Dream(agent, 1, seed: 3), Dream(agent, 1, seed: 4));
        Assert.NotEqual(Dream(agent, 1, seed: 3), Dream(agent, 0.5, seed: 3));
    }

    [Theory]
    [InlineData(-50, false)]
    [InlineData(50, true)]
    public void ADreamEndsWhereTheMemorySaysSo(double logit, bool ends)
    {
        using var agent = (WorldModels)Agent("world_models");
        var bias = agent.Memory.NamedParameters().Single(parameter => parameter.Name == "output.bias").Value;
        using (var scope = new TensorScope())
        using (var noGrad = new NoGrad())
            bias.Narrow(0, 0, 1).Fill_(logit);
        using var dream = new DreamEnvironment(agent, [Start()], 1, 1, agent);
        dream.Reset();
        var row = dream.Step([0]);
        Assert.Equal((ends, ends, 1), (row.IsLast, row.IsTerminal, row.Reward));
        Assert.Equal(64 * 64 * 3, dream.Draw().Length);
        Assert.Equal(12, row.Vector.Length);       // z and h
    }

    /// <summary>From the command's name to a run in the dream: of PlaNet's model, and of World Models' memory.</summary>
    [Theory]
    [InlineData("planet", "pixels")]
    [InlineData("planet", "vector")]
    [InlineData("world_models", "vector")]
    public void AgentsLearnInIt(string dreamer, string sees)
    {
        string[] more = dreamer == "planet" ? ["training.env_steps=90"]
            :
            [
                .. Small, "agent=world_models", "memory.done=false", "memory.reward=true", "vae.updates=2",
                "memory.updates=2", "controller.generations=1", "controller.population=4", "controller.episodes=1",
            ];
        TinyRun.Complete(folder["world"], more);
        var task = "dream:" + folder["world"];
        TinyRun.Complete(folder["dreamt"],
            "task=" + task, "model.encoder=" + sees, "environment.action_repeat=1", "training.env_steps=30");
        var records = MetricsReader.Read(folder["dreamt"]).Records;
        var episodes = records.Where(record => record.Kind == "episode").ToArray();
        Assert.True(episodes.Length >= 3);
        Assert.All(episodes, episode => Assert.InRange(episode.Values["length"], 1, 10));
        Assert.Equal("dreams", EnvironmentRegistry.Find(task).Domain);
    }

    [Fact]
    public void WhatIsNoRunIsRefusedInALine()
    {
        Refused("none", "is no run");
        using (var fresh = TinyRun.Open(folder["fresh"])) fresh.Trainer.Begin();
        Refused("fresh", "no checkpoint yet");
        TinyRun.Complete(folder["random"], "agent=random");
        Refused("random", "no model to dream in");

        void Refused(string run, string told) => Assert.Contains(told,
            Assert.ThrowsAny<ReverieException>(() => EnvironmentRegistry.Find("dream:" + folder[run])).Message);
    }

    private static float[] Dream(string kind, double temperature, int seed)
    {
        var agent = Agent(kind);
        Reverie.Models.ILatentWorld world = agent is WorldModels parts ? parts : ((ModelAgent)agent).Model;
        using var dream = new DreamEnvironment(world, [Start()], temperature, 1, agent);
        dream.Reset(seed);
        return [.. Enumerable.Range(0, 5).SelectMany(i => dream.Step([i / 5f]).Vector)];
    }

    private static IAgent Agent(string kind) => AgentRegistry.Create(
        TinyRun.Configuration([.. Small, "agent=" + kind]).Config, new EpisodeLayout(new ImageSpace(), 0, 1),
        Device.Cpu, DType.Float32);

    private static TimeStep Start() => new() { Image = new byte[64 * 64 * 3], Vector = [], IsFirst = true };
}
