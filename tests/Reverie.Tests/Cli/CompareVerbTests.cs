using System.Text.Json;
using Reverie.Cli;
using Reverie.Logging;

namespace Reverie.Tests.Cli;

public sealed class CompareVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-compare").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task GroupsAreSummedUpBesidePublishedScores()
    {
        string[] runs =
        [
            Record("a-seed1", "dreamer", 100, 300), Record("a-seed2", "dreamer", 500, 700), Record("b", "planet", 50),
        ];
        var (code, output, error) = await Run(
            ["compare", .. runs, "--group-by", "agent", "--last", "1", "--published", "DreamerV3", "--json"]);
        Assert.Equal("", error);
        Assert.Equal(0, code);
        var rows = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["agent=dreamer", "agent=planet", "DreamerV3, 500k steps"],
            rows.Select(row => row.GetProperty("group").GetString()));
        Assert.Equal([500, 50, 840], rows.Select(row => row.GetProperty("mean").GetDouble()));
        Assert.Equal(200, rows[0].GetProperty("std").GetDouble());
        Assert.Equal((300, 700), (rows[0].GetProperty("low").GetDouble(), rows[0].GetProperty("high").GetDouble()));
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("low").ValueKind);
        Assert.Contains("danijar/dreamerv3", rows[2].GetProperty("source").GetString());
    }

    [Fact]
    public async Task ReturnsOfSeveralTasksAreNotPooled()
    {
        string[] runs =
        [
            Record("a-seed1", "dreamer", 10), Record("a-seed2", "dreamer", 30), Record("b-seed1", "dreamer", 900),
        ];
        Retask(runs[2], "catch");
        var (code, output, _) = await Run(["compare", .. runs, "--group-by", "agent", "--published", "none", "--json"]);
        Assert.Equal(0, code);
        Assert.Equal([("agent=dreamer, task=cartpole_swingup", 2, 20.0), ("agent=dreamer, task=catch", 1, 900.0)],
            output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
                .Select(row => (row.GetProperty("group").GetString()!, row.GetProperty("runs").GetInt32(),
                    row.GetProperty("mean").GetDouble())));
    }

    [Fact]
    public async Task A_folder_in_which_no_run_was_begun_is_left_out_and_said()
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
        var (code, _, error) = await Run(["compare", .. runs, "--out", At("t.md"), "--out", At("t.csv"), "--out",
            At("c.svg"), "--env-steps", "1000"]);
        Assert.Equal("", error);
        Assert.Equal(0, code);
        var markdown = File.ReadAllLines(At("t.md"));
        Assert.StartsWith("| group | runs |", markdown[0]);
        Assert.Equal("| a | 2 | 1,000 | 300.0 | 200.0 | 300.0 | 300.0 | 100.0 to 500.0 |", markdown[2]);
        Assert.Contains(markdown, line => line.StartsWith("PlaNet, 1M steps: arXiv 1811.04551"));
        var csv = File.ReadAllText(At("t.csv")).Split("\r\n");
        Assert.Equal("a,2,1000,1000,300,200,300,300,100,500,", csv[1]);
        Assert.Contains(csv, line => line.StartsWith("\"PlaNet, 1M steps\",0,1000000,1000000,821,"));
        Assert.Contains("PlaNet 1M: 821", File.ReadAllText(At("c.svg")));
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

    [Theory]
    [InlineData("--out FILE.txt", "ends in .md, .csv, .svg or .png")]
    [InlineData("--last 0", "at least 1")]
    [InlineData("--metric retrun", "a-seed1 has no finite 'retrun' of kind evaluation: there are evaluation/return")]
    [InlineData("--group-by agnet", "did you mean agent?")]
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

    private static async Task<(int Code, string Output, string Error)> Run(string[] typed)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (await CommandLine.RunAsync(typed, output, error), output.ToString(), error.ToString());
    }
}
