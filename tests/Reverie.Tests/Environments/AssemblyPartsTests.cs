using System.Text.Json;
using Reverie.Agents;
using Reverie.Cli;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models.Dynamics;
using Reverie.Tests.Setup;

namespace Reverie.Tests.Environments;

/// <summary>Agents and dynamics in somebody's class library, which settings name by its file.</summary>
public sealed class AssemblyPartsTests : IDisposable
{
    private static readonly string Library =
        Path.Combine(SetupSandbox.Checkout, "samples/OwnAlgorithm/bin/Release/net10.0/OwnAlgorithm.dll");

    private readonly string folder = Directory.CreateTempSubdirectory("reverie-parts").FullName;

    public AssemblyPartsTests() => AssemblyTasks.Register();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void ASettingTakesWhatALibraryHasAndKeepsItsWholePath()
    {
        var near = Path.GetRelativePath(Environment.CurrentDirectory, Library);
        var config = Resolve($"agent={near}:calm_dreamer", $"model.dynamics={near}:leaky");
        Assert.Equal(($"{Library}:calm_dreamer", $"{Library}:leaky"), (config.Agent, config.Model.Dynamics));
        Assert.Equal(config.Model.Dynamics, Resolve($"agent={near}", $"model.dynamics={near}").Model.Dynamics);
        var kind = AgentRegistry.Find(config.Agent);
        Assert.Equal("calm_dreamer", kind.Name);
        Assert.StartsWith("OwnAlgorithm.dll sha256:", kind.Origin);
        Assert.StartsWith("OwnAlgorithm.dll sha256:", Assert.Single(PartNames.OriginsOf(config)));
        Assert.DoesNotContain(AgentRegistry.All, one => one.Name == "calm_dreamer");
        Assert.Null(DynamicsRegistry.Find("rssm").Origin);
    }

    [Theory]
    [InlineData("agent={0}/Away.dll:calm", "agent = {0}/Away.dll:calm: there is no file {0}/Away.dll; build it")]
    [InlineData("agent={1}:calm", "agent: {1} has no calm; it has calm_dreamer")]
    [InlineData("planner.kind={1}", "planner.kind: {1} has none: no public static property in it is a PlannerKind")]
    public void WhatIsNotThereIsToldInALine(string setting, string line)
    {
        var fault = Assert.ThrowsAny<ReverieException>(() => Resolve(string.Format(setting, folder, Library)));
        Assert.StartsWith(string.Format(line, folder, Library), fault.Message);
        Assert.DoesNotContain('\n', fault.Message);
    }

    // The command trains with it, says in run.json what it was made with, goes on from its checkpoint, and plays it.
    [Fact]
    public async Task TheCommandLineTrainsGoesOnAndPlays()
    {
        var run = Path.Combine(folder, "calm");
        string[] start = ["train", "--preset", "dreamer,tiny,debug", "--task", "catch", "--run", run,
            "--set", $"agent={Library}:calm_dreamer", "--set", $"model.dynamics={Library}:leaky"];
        await Done([.. start, "--env-steps", "100"]);
        using (var facts = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run, "run.json"))))
            Assert.StartsWith("OwnAlgorithm.dll sha256:",
                Assert.Single(facts.RootElement.GetProperty("libraries").EnumerateArray()).GetString());
        Assert.Contains("going on from", await Done([.. start, "--env-steps", "160"]));
        await Done(["eval", run, "--episodes", "1"]);
    }

    private static async Task<string> Done(string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var code = await CommandLine.RunAsync(arguments, output, error);
        Assert.True(code == 0, $"{error}");
        return $"{output}{error}";
    }

    private static Config Resolve(params string[] settings) => ConfigReader.Resolve(new ConfigSources
    {
        Presets = ["dreamer", "tiny"], Overrides = [.. settings.Select(ConfigOverride.Parse)],
    }).Config;
}
