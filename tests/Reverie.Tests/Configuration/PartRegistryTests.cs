using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Models.Dynamics;
using Reverie.Models.Representations;

namespace Reverie.Tests.Configuration;

/// <summary>Settings take the names that their registries have, and what is registered says what goes with it.</summary>
public sealed class PartRegistryTests : IDisposable
{
    private const string Ours = "registered_";

    // Others ask for all that there is.
    public void Dispose()
    {
        foreach (var kind in AgentRegistry.All.Where(kind => kind.Name.StartsWith(Ours, StringComparison.Ordinal)))
            AgentRegistry.Parts.Remove(kind.Name);
        DynamicsRegistry.Parts.Remove(Ours + "dynamics");
        RepresentationRegistry.Parts.Remove(Ours + "representation");
        PlannerRegistry.Parts.Remove(Ours + "planner");
        Presets.Remove(Ours + "preset");
    }

    [Fact]
    public void SettingsTakeTheNamesThatAreRegistered()
    {
        DynamicsRegistry.Register(Rssm.Kind with { Name = "registered_dynamics" });
        RepresentationRegistry.Register(new() { Name = "registered_representation", Make = (_, _, _) => new Reconstruction() });
        PlannerRegistry.Register(new()
        {
            Name = "registered_planner", Make = (config, precision, groups) => new CemPlanner(config, precision, groups),
        });
        AgentRegistry.Register(PlaNet.Kind with { Name = "registered_agent" });

        var config = Resolve("agent=registered_agent", "model.dynamics=registered_dynamics",
            "loss.representation=registered_representation", "planner.kind=registered_planner");

        Assert.Equal(("registered_agent", "registered_dynamics"), (config.Agent, config.Model.Dynamics));
        Assert.Contains("registered_agent", Settings.Matching("agent")[0].Allowed);
    }

    [Theory]
    [InlineData("agent=plannet", "--set: agent = plannet, but it must be one of planet, dreamer, dreamerv2, dreamerv3, "
        + "world_models, a3c, d4pg, curl, random")]
    [InlineData("model.dynamics=rsm", "--set: model.dynamics = rsm, but it must be one of rssm, discrete_rssm, block_rssm, "
        + "ssm, rnn, drnn")]
    public void AnotherNameIsRefusedWithThoseThatThereAre(string setting, string message)
    {
        Assert.StartsWith(message, Assert.ThrowsAny<ReverieException>(() => Resolve(setting)).Message);
    }

    [Fact]
    public void ARegisteredAgentIsAskedForItsRules()
    {
        AgentRegistry.Register(Dreamer.Kind with
        {
            Name = "registered_demanding",
            Rules = (config, demand) => demand(config.Seed == 7, "seed", "it learns with 7 alone"),
        });
        Assert.Equal("registered_demanding", Resolve("agent=registered_demanding", "seed=7").Agent);
        Assert.Equal("--set: seed: it learns with 7 alone",
            Assert.ThrowsAny<ReverieException>(() => Resolve("agent=registered_demanding", "seed=8")).Message);
        Assert.Equal("default: training.train_ratio: agent = registered_stepping learns while episodes go on; set it above "
            + "0", Assert.ThrowsAny<ReverieException>(() =>
            {
                AgentRegistry.Register(Dreamer.Kind with { Name = "registered_stepping", Loop = TrainingLoop.Steps });
                Resolve("agent=registered_stepping");
            }).Message);
    }

    [Fact]
    public void WhatIsRegisteredAgainTakesThePlaceOfTheFirst()
    {
        AgentRegistry.Register(PlaNet.Kind with { Name = "registered_twice" });
        AgentRegistry.Register(PlaNet.Kind with { Name = "registered_twice", LearnsFromEpisodes = false });
        Assert.False(Assert.Single(AgentRegistry.All, kind => kind.Name == "registered_twice").LearnsFromEpisodes);
    }

    [Fact]
    public void NobodyFindsWhatWasNotRegistered()
    {
        var error = Assert.ThrowsAny<ReverieException>(() => AgentRegistry.Find("dreamerv22"));
        Assert.Equal("agent: 'dreamerv22' is unknown; use planet, dreamer, dreamerv2, dreamerv3, world_models, a3c, d4pg, curl or random",
            error.Message);
    }

    [Fact]
    public void PresetsAreRegisteredToo()
    {
        Presets.Register("registered_preset", "# for a test\nseed: 11\n");
        Assert.Equal("for a test", Presets.Summary("registered_preset"));
        Assert.Contains("registered_preset", Presets.Names);
        Assert.Equal(11, ConfigReader.Resolve(new ConfigSources { Presets = ["planet", "registered_preset"] }).Config.Seed);
        Presets.Register("registered_preset", "# for a test\nsead: 11\n");
        Assert.Contains("preset registered_preset", Assert.ThrowsAny<ReverieException>(
            () => ConfigReader.Resolve(new ConfigSources { Presets = ["registered_preset"] })).Message);
    }

    private static Config Resolve(params string[] settings) => ConfigReader.Resolve(
        new ConfigSources { Overrides = [.. settings.Select(ConfigOverride.Parse)] }).Config;
}
