using System.Text.RegularExpressions;
using Reverie.Configuration;

namespace Reverie.Tests.Configuration;

public sealed partial class PresetsTests
{
    public static TheoryData<string> Names => [.. Presets.Names];

    [Fact]
    public void TheyAreWhatTheDocumentationSays() =>
        Assert.Equal(["100m", "12m", "1m", "200m", "25m", "400m", "50m", "a3c", "a3c.debug", "a3c.paper", "a3c.small",
            "a3c.tiny", "a3c.vector", "atari", "atari100k", "crafter", "curl", "curl.debug", "curl.paper",
            "curl.small", "curl.tiny", "d4pg", "d4pg.debug", "d4pg.paper", "d4pg.small", "d4pg.tiny",
            "d4pg.vector", "debug",
            "dmc_proprio", "dmc_vision", "doom", "dreamer", "dreamer.discrete", "dreamer.paper", "dreamer.small", "dreamer.tiny", "dreamerv2",
            "dreamerv2.paper", "dreamerv2.small", "dreamerv2.tiny", "dreamerv3",
            "dreamerv3.atari", "dreamerv3.debug", "dreamerv3.small", "dreamerv3.tiny", "paper", "paper.atari", "paper.doom", "planet", "planet.small",
            "planet.vector", "small", "small.atari", "small.doom", "tiny", "vector", "world_models", "world_models.debug", "world_models.paper",
            "world_models.small", "world_models.tiny"],
            Presets.Names);

    [Theory, MemberData(nameof(Names))]
    public void EachIsAtMostFortyLinesAndCitesEveryNumber(string name)
    {
        var lines = Presets.Text(name).TrimEnd().Split('\n');
        Assert.InRange(lines.Length, 2, 40);
        Assert.StartsWith("# ", lines[0]);
        Assert.NotEmpty(Presets.Summary(name));
        var numbers = lines.Skip(1).Where(line => Number().IsMatch(line));
        Assert.All(numbers, line => Assert.Matches("# (W|Wc|CT|P|Pc|D|D1|D2|V2|V2c|V3|A3|D4PG|CS|AC|CU|ours|as P|as Pc|as D2)\\b", line));
    }

    [Theory, MemberData(nameof(Names))]
    public void EachCanBeStackedOnTheAlgorithm(string name)
    {
        var resolved = ConfigReader.Resolve(new ConfigSources { Presets = [AlgorithmOf(name), name] });
        Assert.Contains(resolved.Origins.Values, origin => origin.StartsWith($"preset {name}:"));
    }

    /// <summary>What a preset can be stacked on: some have settings that DreamerV3 alone has.</summary>
    internal static string AlgorithmOf(string name) => name.Split('.')[0] is "d4pg" or "curl" ? name.Split('.')[0]
        : name.StartsWith("dreamerv3.", StringComparison.Ordinal)
        || name is "dmc_vision" or "dmc_proprio" or "atari100k" or "crafter" ? "dreamerv3" : "planet";

    /// <summary>What a size means for one algorithm follows the size at once, and only with that algorithm.</summary>
    [Theory]
    [InlineData("dreamer,small,debug", "dreamer,small,dreamer.small,debug")]
    [InlineData("planet,small", "planet,small,planet.small")]
    [InlineData("planet,small,vector", "planet,small,planet.small,vector,planet.vector")]
    [InlineData("small,dreamer", "small,dreamer")]
    [InlineData("dreamer,dreamer.discrete,small", "dreamer,dreamer.discrete,small,dreamer.small")]
    [InlineData("world_models,paper,doom", "world_models,paper,world_models.paper,doom,paper.doom")]
    [InlineData("dreamerv2,paper,atari", "dreamerv2,paper,dreamerv2.paper,atari,paper.atari")]
    [InlineData("dreamerv2,small,atari", "dreamerv2,small,dreamerv2.small,atari,small.atari")]
    [InlineData("dreamerv3,1m,atari", "dreamerv3,1m,atari,dreamerv3.atari")]
    public void ASizeBringsWhatItMeansForTheAlgorithm(string stack, string complete) =>
        Assert.Equal(complete.Split(','), Presets.Complete(Presets.Stack(stack)));

    [Fact]
    public void ThePublishedSizesAreTheDefaults() =>
        Assert.Equal(new Config(), ConfigReader.Resolve(new ConfigSources { Presets = ["planet", "paper"] }).Config);

    [Fact]
    public void EverySettingIsDocumentedOnce()
    {
        Assert.Equal(Settings.Keys.Count, Settings.Keys.Distinct().Count());
        Assert.All(Settings.All, setting => Assert.DoesNotContain('\n', setting.Text + setting.Source));
        Assert.All(Settings.All, setting => Assert.True(setting.Text.Length > 5, setting.Key));
    }

    [Theory]
    [InlineData("trian", "train")]
    [InlineData("cartpole_swingpu", "cartpole_swingup")]
    [InlineData("zzz", null)]
    public void TheNearestNameIsTheOneMeant(string typed, string? nearest) =>
        Assert.Equal(nearest, NearestName.Of(typed, ["eval", "train", "cartpole_balance", "cartpole_swingup"]));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "acb", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void TheDistanceCountsEdits(string a, string b, int edits) =>
        Assert.Equal(edits, NearestName.Distance(a, b));

    [GeneratedRegex(@": +[\d.]+")]
    private static partial Regex Number();
}
