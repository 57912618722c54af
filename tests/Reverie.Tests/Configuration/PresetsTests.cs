using System.Text.RegularExpressions;
using Reverie.Configuration;

namespace Reverie.Tests.Configuration;

public sealed partial class PresetsTests
{
    public static TheoryData<string> Names => [.. Presets.Names];

    [Fact]
    public void TheyAreWhatTheDocumentationSays() =>
        Assert.Equal(["debug", "paper", "planet", "small", "tiny"], Presets.Names);

    [Theory, MemberData(nameof(Names))]
    public void EachIsAtMostFortyLinesAndCitesEveryNumber(string name)
    {
        var lines = Presets.Text(name).TrimEnd().Split('\n');
        Assert.InRange(lines.Length, 2, 40);
        Assert.StartsWith("# ", lines[0]);
        Assert.NotEmpty(Presets.Summary(name));
        var numbers = lines.Skip(1).Where(line => Number().IsMatch(line));
        Assert.All(numbers, line => Assert.Matches("# (P|Pc|ours|as P)", line));
    }

    [Theory, MemberData(nameof(Names))]
    public void EachCanBeStackedOnTheAlgorithm(string name)
    {
        var resolved = ConfigReader.Resolve(new ConfigSources { Presets = ["planet", name] });
        Assert.Contains(resolved.Origins.Values, origin => origin.StartsWith($"preset {name}:"));
    }

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
