using System.CommandLine;
using Reverie.Cli.Commands;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Cli;

/// <summary>What a command learns with where no preset or no algorithm is named.</summary>
public sealed class SettingsOptionsTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("", "dreamerv3,small", "dreamerv3")]
    [InlineData("--set model.deter=100", "dreamerv3,small", "dreamerv3")]
    [InlineData("--set agent=planet --set planner.candidates=50", "planet,small", "planet")]
    [InlineData("--set agent=planet --set agent=a3c", "a3c,small", "a3c")]
    [InlineData("--set agent=random", "small", "random")]
    [InlineData("--config FILE", "dreamer,small", "dreamer")]
    [InlineData("--config FILE --set agent=dreamerv2", "dreamerv2,small", "dreamerv2")]
    [InlineData("--preset planet,tiny --config FILE", "planet,tiny", "dreamer")]
    [InlineData("--preset tiny,debug", "dreamerv3,tiny,debug", "dreamerv3")]
    [InlineData("--preset tiny --set agent=dreamer", "tiny", "dreamer")]
    [InlineData("--preset tiny --config FILE", "tiny", "dreamer")]
    public void WhatIsNotNamedIsThatOfTheAgentOrOfTheDefault(string typed, string presets, string agent)
    {
        File.WriteAllText(folder["own.yaml"], "agent: dreamer\n");
        var options = new SettingsOptions();
        var verb = new Command("train");
        options.AddTo(verb);
        var parsed = verb.Parse(typed.Replace("FILE", folder["own.yaml"]));
        var (resolved, stack) = options.Resolve(parsed, [.. options.Overrides(parsed)]);
        Assert.Equal((presets, agent), (stack, resolved.Config.Agent));
    }
}
