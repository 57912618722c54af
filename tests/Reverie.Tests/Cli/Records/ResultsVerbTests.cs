using Reverie.Cli.Records;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Games;
using Reverie.Tests.Fakes;
using Reverie.Tests.Setup;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli.Records;

/// <summary>Pages that are made from records, and the one of this project.</summary>
public sealed class ResultsVerbTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public ResultsVerbTests()
    {
        GameTasks.Register();
        ControlSuiteTasks.Register();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ThePageOfResultsIsWhatItsRecordsSay()
    {
        var (code, _, error) = await Run("results", Path.Combine(SetupSandbox.Checkout, "docs/results.md"), "--check");
        Assert.True(code == 0, error);
    }

    [Fact]
    public async Task TablesAndCurvesComeFromTheRecordsAndWhatIsAroundThemStays()
    {
        Write("# Mine\n\nBefore.\n\n<!-- results: two -->\nold\n<!-- end of results -->\n\nAfter.\n");
        var records = new List<RunRecord>();
        for (var seed = 1; seed <= 3; seed++)
        {
            records.Add(Record("cartpole_swingup", "planet", seed, 500 + seed));
            records.Add(Record("cartpole_swingup", "dreamer", seed, 600 + seed));
            records.Add(Record("walker_walk", "dreamer", seed, 300 + seed));
        }
        foreach (var record in records)
            new RecordFile(folder["page/two.jsonl"]).Add(record, _ => { });
        Assert.Contains("is not what the records say", (await Run("results", folder["page.md"], "--check")).Error);
        Assert.Contains("old", File.ReadAllText(folder["page.md"]));

        Assert.Equal(0, (await Run("results", folder["page.md"])).Code);
        var page = File.ReadAllText(folder["page.md"]);
        Assert.StartsWith("# Mine\n\nBefore.\n\n<!-- results: two -->\n", page);
        Assert.EndsWith("<!-- end of results -->\n\nAfter.\n", page);
        Assert.DoesNotContain("old", page);
        Assert.Contains("| task | env steps | dreamer-small | planet-small | PlaNet [1] | Dreamer [1] |", page);
        Assert.Contains("| cartpole_swingup | 100,000 | 602.0 ± 0.816 (3) | 502.0 ± 0.816 (3) | 297.0 ± 39.00 | 326.0 ± 27.00 |", page);
        Assert.Contains("| task | group, tested at | 50,000 | 100,000 |", page);
        Assert.Contains("| walker_walk | dreamer-small | 30.20 ± 0.082 (3) | 302.0 ± 0.816 (3) |", page);
        Assert.Contains("| dreamer-small | planet-small | 1 | 1.000 | 1.000 to 1.000 |", page);
        Assert.Contains("| cartpole_swingup | planet-small | 3 | 503.0 | ± 5.000, 1.000 to 900.0 (10) | 100,000 | 9 | 81 | 2026-01-02 | 0123456 |", page);
        var curves = File.ReadAllText(folder["images/results-two.svg"]);
        Assert.Contains("walker_walk", curves);
        Assert.Contains("PlaNet 100k: 297", curves);

        Assert.Equal(0, (await Run("results", folder["page.md"], "--check")).Code);
        Assert.Contains("all is up to date", (await Run("results", folder["page.md"])).Output);
        File.AppendAllText(folder["images/results-two.svg"], " ");
        Assert.Contains("results-two.svg: is not what", (await Run("results", folder["page.md"], "--check")).Error);
    }

    [Fact]
    public async Task RunsThatAreTestedAtTheirEndsAloneHaveNoTableOfTheWay()
    {
        Write("<!-- results: some -->\n<!-- end of results -->\n");
        var records = new RecordFile(folder["page/some.jsonl"]);
        for (var seed = 1; seed <= 2; seed++)
            records.Add(Record("catch", "planet", seed, 5) with
            {
                Settings = new Dictionary<string, string>(), EnvSteps = 90_000 + seed, Tests = [new(90_000 + seed, 10, 5, 1, 0, 9)],
            }, _ => { });
        Assert.Equal(0, (await Run("results", folder["page.md"])).Code);
        var page = File.ReadAllText(folder["page.md"]);
        Assert.Contains("| catch | planet-small | 2 | 90,001 to 90,002 | 5.000 |", page);
        Assert.DoesNotContain("tested at", page);
    }

    [Fact]
    public async Task RunsOfChangedBuildsAreTold()
    {
        Write("<!-- results: some -->\n<!-- end of results -->\n");
        var records = new RecordFile(folder["page/some.jsonl"]);
        records.Add(Record("catch", "planet", 1, 5), _ => { });
        records.Add(Record("catch", "planet", 2, 6) with { Commit = "0123456789abcdef+changes" }, _ => { });
        var (code, output, _) = await Run("results", folder["page.md"]);
        Assert.Equal(0, code);
        Assert.Contains("some: 2 runs, 1 of 2 runs of changed builds; written", output);
        var page = File.ReadAllText(folder["page.md"]);
        Assert.Contains("| 0123456+changes |", page);
        Assert.Contains("\n1 of 2 runs begun by a build with changes that no commit holds.\n", page);
    }

    [Fact]
    public async Task WithoutARunThePageSaysSo()
    {
        Write("<!-- results: none -->\n<!-- end of results -->\n");
        Directory.CreateDirectory(folder["page"]);
        File.WriteAllText(folder["page/none.jsonl"], "");
        Assert.Equal(0, (await Run("results", folder["page.md"])).Code);
        Assert.Equal("<!-- results: none -->\n\nNo run is recorded yet.\n\n<!-- end of results -->\n", File.ReadAllText(folder["page.md"]));
        Assert.False(Directory.Exists(folder["images"]));
    }

    [Fact]
    public async Task APageKeepsItsMarkAndItsLineEnds()
    {
        Write("\ufeffMine.\r\n<!-- results: some -->\r\n<!-- end of results -->\r\n");
        new RecordFile(folder["page/some.jsonl"]).Add(Record("catch", "planet", 1, 5), _ => { });
        Assert.Equal(0, (await Run("results", folder["page.md"])).Code);
        var page = System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(folder["page.md"]));
        Assert.StartsWith("\ufeffMine.\r\n<!-- results: some -->\r\n\r\n![", page);
        Assert.Equal(page.Count(letter => letter == '\n'), page.Split("\r\n").Length - 1);
    }

    [Fact]
    public async Task WhereAPictureCannotBeWrittenThePageStays()
    {
        const string Text = "<!-- results: some -->\n<!-- end of results -->\n";
        Write(Text);
        new RecordFile(folder["page/some.jsonl"]).Add(Record("catch", "planet", 1, 5), _ => { });
        File.WriteAllText(folder["images"], "a file");
        var (code, _, error) = await Run("results", folder["page.md"]);
        Assert.Equal(1, code);
        Assert.StartsWith("reverie: cannot write ", error);
        Assert.Equal(Text, File.ReadAllText(folder["page.md"]));
    }

    [Fact]
    public async Task APageThatIsNotUtf8IsToldAndKept()
    {
        byte[] bytes = [.. "<!-- results: some -->\n<!-- end of results -->\n"u8, 0xE4];
        File.WriteAllBytes(folder["page.md"], bytes);
        var (code, _, error) = await Run("results", folder["page.md"]);
        Assert.Equal((1, $"reverie: {folder["page.md"]}: is not UTF-8; save it as such"), (code, error.TrimEnd()));
        Assert.Equal(bytes, File.ReadAllBytes(folder["page.md"]));
    }

    [Theory]
    [InlineData("no place", "has no place for results")]
    [InlineData("Mine.\n<!-- results: a -->\nMine too.\n<!-- results: b -->\n<!-- end of results -->",
        "page.md:2: `<!-- results: a -->` has no `<!-- end of results -->`")]
    [InlineData("<!-- bands: a -->\n<!-- end of results -->", "page.md:1: `<!-- bands: a -->` has no `<!-- end of bands -->`")]
    [InlineData("<!-- results: gone -->\n<!-- end of results -->", "gone.jsonl: cannot be read")]
    [InlineData(null, "there is no such page")]
    public async Task MistakesAreOneLine(string? text, string told)
    {
        if (text is not null)
            Write(text);
        var (code, output, error) = await Run("results", folder["page.md"]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(told, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private void Write(string text) => File.WriteAllText(folder["page.md"], text);

    private static RunRecord Record(string task, string agent, int seed, double score) => new()
    {
        Task = task, Agent = agent, Presets = [agent, "small"], Seed = seed, Version = "1", Commit = "0123456789abcdef",
        Settings = new Dictionary<string, string>
        {
            ["training.test_at"] = "[50000]", ["training.env_steps"] = "100000", ["training.test_episodes"] = "10",
            ["compute.threads"] = "1",
        },
        Machine = new("a processor", "avx2", "cpu", "fp32", 1, "1.13.0"), Started = "2026-01-02T00:00:00Z",
        EnvSteps = 100_000, Updates = 9, CoreMinutes = 81.2,
        Tests = [new(50_000, 10, score / 10, 5, 1, 900), new(100_000, 10, score, 5, 1, 900)],
        Curve = [[50_000, score / 10], [100_000, score]],
    };
}
