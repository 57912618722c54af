using System.Text.Json;
using Reverie.Cli.Records;
using Reverie.Logging;
using Reverie.Tests.Cli.Dashboard;
using Reverie.Tests.Setup;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli;

public sealed class CompareVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-compare").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task GroupsAreSummedUpBesideWhatIsPublishedAtTheSameSteps()
    {
        string[] runs =
        [
            Record("a-seed1", "dreamer", 100, 300), Record("a-seed2", "dreamer", 500, 700), Record("a-seed3", "dreamer", 1, 350),
            Record("b", "planet", 50), Record("c-seed1", "planet", 60),
        ];
        foreach (var run in runs)
            Move(run, 500);      // 2,000 environment steps become a million
        var (code, output, error) = await Run(
            ["compare", .. runs, "--group-by", "agent", "--last", "1", "--published", "DreamerV3,A3C", "--json"]);
        Assert.Equal("", error);
        Assert.Equal(0, code);
        var rows = Json(output);
        Assert.Equal(["agent=dreamer", "agent=planet", "DreamerV3", "DreamerV3"],
            rows.Where(row => Kind(row) == "score").Select(row => row.GetProperty("group").GetString()));
        Assert.Equal([450, 55, 860, 862], rows.Where(row => Kind(row) == "score").Select(row => row.GetProperty("mean").GetDouble()));
        Assert.Equal((300, 700), (rows[0].GetProperty("low").GetDouble(), rows[0].GetProperty("high").GetDouble()));
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("low").ValueKind);
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("iqm").ValueKind);
        Assert.All(rows.Skip(2), row => Assert.Contains("danijar/dreamerv3", row.GetProperty("source").GetString()));
    }

    [Fact]
    public async Task TasksAreSummedUpOnTheirOwnScalesAlone()
    {
        var runs = new List<string>();
        foreach (var (agent, shift) in ((string, double)[])[("dreamer", 0), ("planet", -100)])
            for (var seed = 1; seed <= 3; seed++)
            {
                runs.Add(Record($"cartpole_swingup-{agent}-seed{seed}", agent, 500 + shift + seed));
                runs.Add(Record($"catch-{agent}-seed{seed}", agent, (500 + shift) / 100));
                Retask(runs[^1], "catch");
            }
        var (code, output, _) = await Run(["compare", .. runs, "--published", "none", "--json"]);
        Assert.Equal(0, code);
        var rows = Json(output);
        Assert.Equal([("cartpole_swingup", "dreamer", 502.0), ("cartpole_swingup", "planet", 402), ("catch", "dreamer", 5), ("catch", "planet", 4)],
            rows.Where(row => Kind(row) == "score").Select(row => (row.GetProperty("task").GetString()!,
                row.GetProperty("group").GetString()!, row.GetProperty("mean").GetDouble())));
        var sum = rows.First(row => Kind(row) == "sum");
        var scales = ((string[])["cartpole_swingup", "catch"]).Select(task => Reverie.Environments.EnvironmentRegistry.Find(task).Scale!).ToArray();
        Assert.Equal((scales[0].Of(502) + scales[1].Of(5)) / 2, sum.GetProperty("mean").GetDouble(), 1e-9);
        Assert.Equal((2, 6), (sum.GetProperty("tasks").GetInt32(), sum.GetProperty("runs").GetInt32()));
        Assert.True(sum.GetProperty("low").GetDouble() <= sum.GetProperty("iqm").GetDouble());
        var better = rows.Single(row => Kind(row) == "improvement");
        Assert.Equal(("dreamer", "planet", 2, 1.0), (better.GetProperty("group").GetString()!, better.GetProperty("over").GetString()!,
            better.GetProperty("tasks").GetInt32(), better.GetProperty("probability").GetDouble()));
    }

    [Fact]
    public async Task FewerThanThreeRunsHaveNoIntervalAndNoProbability()
    {
        string[] runs = [Record("a-seed1", "dreamer", 10), Record("a-seed2", "dreamer", 30), Record("b-seed1", "planet", 900)];
        Retask(runs[2], "nothing_known");
        var (code, output, _) = await Run(["compare", .. runs, "--group-by", "agent", "--published", "none", "--json"]);
        Assert.Equal(0, code);
        var rows = Json(output);
        Assert.DoesNotContain(rows, row => Kind(row) == "improvement");
        Assert.All(rows, row => Assert.Equal(JsonValueKind.Null, row.GetProperty("iqm").ValueKind));
        (code, output, _) = await Run(["compare", .. runs, "--group-by", "agent", "--published", "none"]);
        Assert.Contains("Without a scale, and in no sum: nothing_known.", output);
        Assert.DoesNotContain("normalised mean ", output);
    }

    [Fact]
    public async Task TestsAreTakenUnlessMoreRunsHaveEvaluations()
    {
        string[] runs = [Record("a-seed1", "dreamer", 10), Record("a-seed2", "dreamer", 30)];
        foreach (var run in runs)
            using (var logger = RunLogger.Open(run, tensorBoard: false))
                logger.Write(new MetricRecord { Kind = MetricRecord.Test, EnvSteps = 1000,
                    Values = new Dictionary<string, double> { ["return"] = 77 } });
        var rows = Json((await Run(["compare", .. runs, "--published", "none", "--json"])).Output);
        Assert.Equal(77, rows.Single().GetProperty("mean").GetDouble());
        rows = Json((await Run(["compare", .. runs, Record("b", "dreamer", 50), "--published", "none", "--json"])).Output);
        Assert.Equal([20, 50], rows.Select(row => row.GetProperty("mean").GetDouble()));
        rows = Json((await Run(["compare", .. runs, "--published", "none", "--json", "--kind", "evaluation"])).Output);
        Assert.Equal(20, rows.Single().GetProperty("mean").GetDouble());
    }

    [Fact]
    public async Task AReferenceOfOnesOwnChangesTheScale()
    {
        string[] runs = [Record("a-seed1", "dreamer", 862), Record("b-seed1", "dreamer", 975.2)];
        Retask(runs[1], "walker_walk");
        var rows = Json((await Run(["compare", .. runs, "--reference", "dreamerv3", "--published", "none", "--group-by", "agent", "--json"])).Output);
        Assert.InRange(rows.Single(row => Kind(row) == "sum").GetProperty("mean").GetDouble(), 1.0, 1.02);
        Assert.Contains("--reference: nobody has published scores of 'Dreemer'; did you mean Dreamer?",
            (await Run(["compare", .. runs, "--reference", "Dreemer"])).Error);
    }

    [Fact]
    public async Task AFolderInWhichNoRunWasBegunIsLeftOutAndSaid()
    {
        var (empty, locked) = (Path.Combine(folder, "empty"), Path.Combine(folder, "locked"));
        Directory.CreateDirectory(empty);
        Directory.CreateDirectory(locked);
        File.WriteAllText(Path.Combine(locked, "run.lock"), "");
        var (code, output, error) = await Run(["compare", empty, Record("a", "dreamer", 100), locked, "--json"]);
        Assert.Equal(0, code);
        Assert.Contains("\"mean\":100", output);
        Assert.Equal([$"{empty} is left out: it has no metrics.jsonl", $"{locked} is left out: it has no metrics.jsonl"],
            error.TrimEnd().Split('\n'));
        Assert.Contains("is it the directory of a run?", (await Run(["compare", empty, locked])).Error);
    }

    [Fact]
    public async Task TablesAndCurvesAreWrittenWithTheirSources()
    {
        string[] runs = [Record("a-seed1", "dreamer", 100, 300), Record("a-seed2", "dreamer", 500, 700)];
        string At(string name) => Path.Combine(folder, name);
        foreach (var run in runs)
            Move(run, 100);
        var (code, _, error) = await Run(["compare", .. runs, "--out", At("t.md"), "--out", At("t.csv"), "--out",
            At("c.svg"), "--env-steps", "100000"]);
        Assert.Equal("", error);
        Assert.Equal(0, code);
        var markdown = File.ReadAllLines(At("t.md"));
        Assert.Equal("| task | env steps | a | PlaNet [1] | Dreamer [1] | DreamerV3 [2] | CURL [1] | CURL [3] |", markdown[0]);
        Assert.Equal("| cartpole_swingup | 100,000 | 300.0 ± 200.0 (2) | 297.0 ± 39.00 | 326.0 ± 27.00 | 572.0 | 582.0 ± 146.0 | 527.0 |", markdown[2]);
        Assert.Contains("| cartpole_swingup | a | 2 | 100,000 | 300.0 | 200.0 | 300.0 | – | – |", markdown);
        Assert.Contains("[1] arXiv 2004.04136 (CURL), table 1; repeat by domain.  ", markdown);
        var csv = File.ReadAllText(At("t.csv")).Split("\r\n");
        Assert.StartsWith("cartpole_swingup,a,2,100000,100000,300,200,300,,,,0.2", csv[1]);
        Assert.Contains(csv, line => line.StartsWith("cartpole_swingup,PlaNet,0,100000,100000,297,39,"));
        Assert.Contains("PlaNet 100k: 297", File.ReadAllText(At("c.svg")));
    }

    [Fact]
    public async Task ARunWithoutAScoreIsLeftOutAndSaid()
    {
        var (code, output, error) = await Run(
            ["compare", Record("a-seed1", "dreamer", 100), Record("a-seed2", "dreamer"), "--json", "--published", "none"]);
        Assert.Equal(0, code);
        Assert.Equal("a-seed2 is left out: it has no evaluation with a finite return", error.TrimEnd());
        Assert.Equal(1, JsonDocument.Parse(output).RootElement.GetProperty("runs").GetInt32());
    }

    [Fact]
    public async Task ARunThatIsNamedTwiceCountsOnce()
    {
        var run = Record("a-seed1", "dreamer", 100);
        var (code, output, _) = await Run("compare", run, run + "/", Path.Combine(folder, ".", "a-seed1"), "--json",
            "--published", "none");
        Assert.Equal(0, code);
        Assert.Equal(1, JsonDocument.Parse(output).RootElement.GetProperty("runs").GetInt32());
        File.WriteAllText(Path.Combine(folder, "sweep.yaml"), "");
        Assert.Equal(output, (await Run("compare", folder, run, "--json", "--published", "none")).Output);
    }

    [Fact]
    public async Task ARunThatIsInTwoFilesCountsOnce()
    {
        var (one, two) = (Path.Combine(SetupSandbox.Checkout, "docs/results/car-racing.jsonl"), Path.Combine(folder, "some.jsonl"));
        File.WriteAllLines(two, File.ReadLines(one).Take(2));
        Assert.Equal((await Run("compare", one, "--json", "--published", "none")).Output,
            (await Run("compare", two, one, "--json", "--published", "none")).Output);
    }

    [Fact]
    public async Task ARunThatIsInAFileAndAFolderCountsOnce()
    {
        using var disk = new RunsOnDisk();
        var run = disk.Add("mine", returns: [1, 2]);
        File.WriteAllText(Path.Combine(run, "run.json"), """
            {"version":1,"task":"cartpole_swingup","agent":"planet","seed":1,"presets":["planet","small"],"reverie":"1.0+abc",
             "processor":"one","started":"2026-01-01T00:00:00Z"}
            """);
        RunsOnDisk.Checkpoint(run, new FileInfo(Path.Combine(run, "metrics.jsonl")).Length, """
            , "compute": {"threads": 1, "instructions": "avx2", "device": "cpu", "precision": "fp32", "libtorch": "1.13.0"}
            """);
        var file = Path.Combine(folder, "all.jsonl");
        File.WriteAllLines(file, [RunRecord.Of(run).Line(), (RunRecord.Of(run) with { Started = "2026-01-02T00:00:00Z" }).Line()]);
        foreach (string[] named in new[] { new[] { file, run }, [run, file] })
        {
            var (code, output, error) = await Run(["compare", .. named, "--json", "--published", "none", "--kind", "evaluation"]);
            Assert.Equal((0, ""), (code, error));
            Assert.Equal(2, Json(output).Where(row => Kind(row) == "score").Sum(row => row.GetProperty("runs").GetInt32()));
        }
    }

    [Theory]
    [InlineData("compare FILE")]
    [InlineData("plot FILE --out curve.svg")]
    public void AFileWithoutARunIsTold(string typed)
    {
        var file = Path.Combine(folder, "empty.jsonl");
        File.WriteAllText(file, "");
        Assert.Equal($"reverie: {file}: no run is recorded in it",
            Refusal([.. typed.Split(' ').Select(word => word == "FILE" ? file : word)]));
    }

    [Theory]
    [InlineData("--out FILE.txt", "ends in .md, .csv, .svg or .png")]
    [InlineData("--out good.md --out nodir/x.csv", "--out nodir/x.csv: there is no folder ")]
    [InlineData("--last 0", "--last: give a whole number of at least 1")]
    [InlineData("--env-steps 0", "--env-steps: give a whole number of at least 1")]
    [InlineData("--metric retrun", "a-seed1 has no finite 'retrun' of kind evaluation: there are evaluation/return")]
    [InlineData("--group-by agnet", "did you mean agent?")]
    [InlineData("--group-by agent,,seed", "--group-by agent,,seed: there is no key between two commas")]
    [InlineData("--published Dreamer9", "no published score of 'Dreamer9'")]
    public async Task MistakesAreOneLine(string options, string told)
    {
        var (code, output, error) = await Run(["compare", Record("a-seed1", "dreamer", 1), .. options.Split(' ')]);
        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Contains(told, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private string Record(string name, string agent, params double[] returns)
    {
        var run = Path.Combine(folder, name);
        using var logger = RunLogger.Open(run, tensorBoard: false);
        for (var i = 0; i < returns.Length; i++)
            logger.Write(new MetricRecord
            {
                Kind = "evaluation",
                EnvSteps = 1000 * (i + 1),
                Values = new Dictionary<string, double> { ["return"] = returns[i] },
            });
        // A run of another version: keys are missing, one is unknown today.
        File.WriteAllText(Path.Combine(run, "config.yaml"),
            $"agent: {agent}  # preset\ntask: cartpole_swingup\nmodel:\n  of_old: 3\n");
        return run;
    }

    private static void Retask(string run, string task)
    {
        var path = Path.Combine(run, "config.yaml");
        File.WriteAllText(path, File.ReadAllText(path).Replace("cartpole_swingup", task));
    }

    // So many times as many environment steps.
    private static void Move(string run, int times)
    {
        var path = Path.Combine(run, "metrics.jsonl");
        File.WriteAllText(path, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(path), @"""env_steps"":(\d+)",
            match => $"\"env_steps\":{long.Parse(match.Groups[1].Value) * times}"));
    }

    private static JsonElement[] Json(string output) =>
        [.. output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];

    private static string? Kind(JsonElement row) => row.GetProperty("kind").GetString();
}
