using System.Text.RegularExpressions;
using Reverie.Cli;
using Reverie.Cli.Commands;
using Reverie.Configuration;
using Reverie.Tests.Setup;

namespace Reverie.Tests.Documents;

/// <summary>What the documents show is there: links, commands, settings, the sample's program.</summary>
public sealed partial class DocumentsTests
{
    public static TheoryData<string> Pages =>
        [.. Directory.GetFiles(At("docs"), "*.md").Append(At("README.md"))
            .Select(path => Path.GetRelativePath(SetupSandbox.Checkout, path)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Pages))]
    public void LinksLeadSomewhere(string page)
    {
        foreach (var link in Link().Matches(File.ReadAllText(At(page))).Select(match => match.Groups[1].Value))
        {
            if (link.Contains("://", StringComparison.Ordinal))
                continue;
            var parts = link.Split('#');
            var target = parts[0].Length == 0 ? At(page) : Path.Combine(Path.GetDirectoryName(At(page))!, parts[0]);
            Assert.True(Path.Exists(target), $"{page}: {link}");
            if (parts.Length > 1)
                Assert.True(Anchors(target).Contains(parts[1]), $"{page}: {link}");
        }
    }

    [Theory, MemberData(nameof(Pages))]
    public void CommandsAreUnderstood(string page)
    {
        CommandLine.RegisterTasks();     // settings of environments and parts of a class library are settings too
        foreach (var command in Command().Matches(File.ReadAllText(At(page))).Select(match => match.Groups[1].Value))
        {
            var words = command.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Contains("--torch") || words.Any(word => word is "…" or "DIR" or "--json"))
                continue;   // the first belongs to the script, the others are patterns and not commands
            Assert.True(CommandLine.Root().Parse(words).Errors.Count == 0, $"{page}: {command}");
            string[] Values(string option) =>
                [.. words.Zip(words.Skip(1)).Where(pair => pair.First == option).Select(pair => pair.Second)];
            var presets = Values("--preset").Concat(Values("--show")).Concat(Values("--diff")).DefaultIfEmpty(PresetStack.Default);
            foreach (var stack in presets)
                ConfigReader.Resolve(new ConfigSources
                {
                    Presets = Presets.Stack(stack),
                    // libraries are named from the checkout, where a reader stands, and their settings are known by their tasks
                    Overrides = [.. Values("--task").Where(task => task.StartsWith("samples/", StringComparison.Ordinal))
                        .Select(task => $"task={task}").Concat(Values("--set"))
                        .Select(set => ConfigOverride.Parse(set.Replace("=samples/", $"={At("samples/")}")))],
                });
        }
    }

    [Fact]
    public void ThePageOfOwnAlgorithmsShowsTheSample()
    {
        var program = File.ReadAllText(At("samples/OwnAlgorithm/Program.cs"));
        Assert.Contains($"```csharp\n{program}```", File.ReadAllText(At("docs/own-algorithm.md")));
        Assert.InRange(program.Split('\n').Length, 1, 80);
    }

    [Fact]
    public void ThePageOfOwnEnvironmentsShowsTheSample()
    {
        var page = File.ReadAllText(At("docs/own-environment.md"));
        var program = File.ReadAllText(At("samples/CustomEnvironment/Program.cs"));
        Assert.Contains($"```csharp\n{program}```", page);
        Assert.Contains($"```yaml\n{File.ReadAllText(At("samples/CustomEnvironment/dot.yaml"))}```", page);
        Assert.InRange(program.Split('\n').Length, 1, 60);
    }

    private static string At(string path) => Path.Combine(SetupSandbox.Checkout, path);

    private static IEnumerable<string> Anchors(string file) =>
        File.ReadLines(file).Where(line => line.StartsWith('#'))
            .Select(line => Unspoken().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?:^    |`)\./reverie ([^`\n]+)", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Unspoken();
}
