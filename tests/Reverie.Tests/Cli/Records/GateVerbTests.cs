using System.Diagnostics;
using System.Text.Json;
using Reverie.Cli.Compare;
using Reverie.Cli.Records;
using Reverie.Cli.Sweep;
using Reverie.Configuration;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Games;
using Reverie.Tests.Cli.Dashboard;
using Reverie.Tests.Fakes;
using Reverie.Tests.Setup;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli.Records;

/// <summary>Bands of ten seeds, what is within them, and the bands of this project.</summary>
public sealed class GateVerbTests : IDisposable
{
    private static readonly double[] Ten = [0.5, 0.6, 0.7, 0.8, 0.9, 0.5, 0.6, 0.7, 0.8, 0.9];

    private readonly TemporaryDirectory folder = new();

    public GateVerbTests()
    {
        GameTasks.Register();
        ControlSuiteTasks.Register();
    }

    public void Dispose() => folder.Dispose();

    private static string Recorded => Path.Combine(SetupSandbox.Checkout, "docs/gate/ten-seeds.jsonl");

    // None while no run is recorded: the page says so then.
    private static IReadOnlyList<ScoreBand> RecordedBands =>
        RecordFile.Read(Recorded).Count == 0 ? [] : ScoreBand.Read(Recorded);

    [Fact]
    public void ABandEndsThreeDeviationsBelowTheMean()
    {
        Bands(Ten);
        var band = Assert.Single(ScoreBand.Read(folder["bands.jsonl"]));
        // Σ (x − 0.7)² = 2·(0.04 + 0.01 + 0.01 + 0.04) = 0.2, divided by 9.
        Assert.Equal((0.7, Math.Sqrt(0.2 / 9)), (band.Mean, band.Deviation), new Near());
        Assert.Equal(0.7 - 3 * Math.Sqrt(0.2 / 9), band.Low, 9);
        Assert.Null(band.Fault);
        Assert.True(band.Random < -5);
    }

    [Theory]
    [InlineData(0.26, "ok", 0)]
    [InlineData(0.25, "below", 1)]
    [InlineData(-0.7, "below", 1)]
    public async Task ARunBelowTheBandFails(double came, string verdict, int expected)
    {
        Bands(Ten);
        new RecordFile(folder["mine.jsonl"]).Add(Record(11, came), _ => { });
        var (code, output, error) = await Run("gate", folder["mine.jsonl"], "--bands", folder["bands.jsonl"]);
        Assert.Equal(expected, code);
        Assert.StartsWith($"{verdict}: planet on catch, seed 11: {came:0.000}; 10 seeds came to 0.700 ± 0.149, "
            + "below 0.253 a run fails; random actions get -7.900", output);
        Assert.Equal(expected == 0 ? "" : "reverie: 1 of 1 did not pass: planet on catch", error.TrimEnd());
        var json = await Run("gate", folder["mine.jsonl"], "--bands", folder["bands.jsonl"], "--json");
        var row = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal((verdict, came), (row.GetProperty("verdict").GetString(), row.GetProperty("return").GetDouble()));
        Assert.Equal(0.253, row.GetProperty("low").GetDouble(), 3);
    }

    [Fact]
    public async Task ARunThatWasNotTestedFails()
    {
        Bands(Ten);
        new RecordFile(folder["mine.jsonl"]).Add(Record(11, 0.7) with { Tests = [] }, _ => { });
        var (code, output, error) = await Run("gate", folder["mine.jsonl"], "--bands", folder["bands.jsonl"]);
        Assert.Equal((1, ""), (code, output));
        Assert.Equal("reverie: planet on catch: seed 11 was not tested; a run is judged by its last test", error.TrimEnd());
    }

    [Fact]
    public async Task ARunThatIsNotFinishedIsTold()
    {
        Bands(Ten);
        using var disk = new RunsOnDisk();
        var run = disk.Add("mine", returns: [1, 2]);
        RunsOnDisk.Checkpoint(run, new FileInfo(Path.Combine(run, "metrics.jsonl")).Length, ", \"done\": false");
        var (code, output, error) = await Run("gate", run, "--bands", folder["bands.jsonl"]);
        Assert.Equal((1, ""), (code, output));
        Assert.Equal($"reverie: {run}: is not finished; go on with `reverie train --run {run}`", error.TrimEnd());
    }

    [Fact]
    public void ARunInWhichNothingWasMeasuredIsTold()
    {
        using var disk = new RunsOnDisk();
        var run = disk.Add("mine");
        Assert.Equal($"{run}: its results cannot be read: metrics.jsonl has no measurement yet",
            Assert.ThrowsAny<ReverieException>(() => RunRecord.Of(run)).Message);
    }

    [Fact]
    public async Task ABandWithoutARunFailsAndASettingWithoutABandIsSaid()
    {
        Bands(Ten);
        Bands(Ten, "dreamer");
        Bands([0.9, 0.9], "dreamerv2");
        foreach (var agent in (string[])["planet", "dreamerv2", "dreamerv3"])
            new RecordFile(folder["mine.jsonl"]).Add(Record(11, 0.7, agent), _ => { });
        var (code, output, error) = await Run("gate", folder["mine.jsonl"], "--bands", folder["bands.jsonl"]);
        Assert.Equal((1, "reverie: 1 of 4 did not pass: dreamer on catch"), (code, error.TrimEnd()));
        var lines = output.TrimEnd().Split('\n');
        Assert.StartsWith("ok: planet on catch, seed 11: 0.700; ", lines[0]);
        Assert.Equal("no band: dreamerv2 on catch, seed 11: 0.700; 2 of 10 seeds are recorded", lines[1]);
        Assert.Equal("no band: dreamerv3 on catch, seed 11: 0.700; no seed of its setting is recorded", lines[2]);
        Assert.StartsWith("no run: dreamer on catch; 10 seeds came to 0.700", lines[3]);
    }

    [Theory]
    [InlineData("model.deter", "30", "no seed of its setting is recorded")]
    [InlineData("training.env_steps", "50", "no seed of its setting is recorded")]
    public async Task ARunOfAnotherSettingHasNoBand(string key, string value, string told)
    {
        Bands(Ten);
        var record = Record(11, 0.7);
        record = record with { Settings = new Dictionary<string, string>(record.Settings) { [key] = value } };
        new RecordFile(folder["mine.jsonl"]).Add(record, _ => { });
        var (code, output, _) = await Run("gate", folder["mine.jsonl"], "--bands", folder["bands.jsonl"]);
        Assert.Equal(1, code);
        Assert.Contains(told, output);
    }

    [Theory]
    [InlineData(-9.0, 0)]
    [InlineData(-7.0, 0.8)]
    public void WhereRandomActionsDoAsWellThereIsNoBand(double from, double step)
    {
        Bands([.. Enumerable.Range(0, 10).Select(i => from + step * i)]);
        Assert.Equal("it would reach down to what random actions get",
            ScoreBand.Read(folder["bands.jsonl"]).Single().Fault);
    }

    [Fact]
    public async Task MistakesAreOneLine()
    {
        File.WriteAllText(folder["none.jsonl"], "");
        await Told("no run is recorded in it", folder["none.jsonl"]);
        await Told("nothing.jsonl: cannot be read", folder["nothing.jsonl"]);
        Bands([0.5, 0.6]);
        await Told("has no band for any of these runs", folder["bands.jsonl"], said: true);
        var again = Record(2, 0.7) with { Started = "2027-01-01T00:00:00Z" };
        File.AppendAllText(folder["bands.jsonl"], again.Line() + "\n");
        await Told("seed 2 of planet on catch stands twice; delete the older line", folder["bands.jsonl"]);
        File.WriteAllText(folder["bands.jsonl"], (Record(2, 0.7) with { Tests = [] }).Line() + "\n");
        await Told("seed 2 of planet on catch was not tested", folder["bands.jsonl"]);
        File.WriteAllText(folder["bands.jsonl"], Record(11, 0.7).Line() + "\n");
        await Told("seed 11 is one of those that made the band", folder["bands.jsonl"]);

        async Task Told(string told, string bands, bool said = false)
        {
            new RecordFile(folder["mine.jsonl"]).Add(Record(11, 0.7), _ => { });
            var (code, output, error) = await Run("gate", folder["mine.jsonl"], "--bands", bands);
            Assert.Equal(1, code);
            Assert.Equal(said, output.Length > 0);
            Assert.Contains(told, error);
            Assert.Single(error.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public void APageShowsBandsAndWhereTheyComeFrom()
    {
        Bands(Ten);
        Bands([0.5, 0.6], "dreamer");
        File.WriteAllText(folder["page.md"], "<!-- bands: ten -->\n<!-- end of bands -->\n");
        Directory.CreateDirectory(folder["page"]);
        File.Copy(folder["bands.jsonl"], folder["page/ten.jsonl"]);
        Assert.Equal(0, Run("results", folder["page.md"]).Result.Code);
        var page = File.ReadAllText(folder["page.md"]);
        Assert.Contains("| planet | catch | 0.253 | 0.700 | 0.149 | -7.900 | 1: 0.5, 2: 0.6, 3: 0.7, 4: 0.8,", page);
        Assert.Contains("| dreamer | catch | no band: 2 of 10 seeds are recorded | 0.550 |", page);
        Assert.Contains("| planet | planet,tiny | 100 | 9 | 1.5 | 2 | 2026-01-01 | abc | a processor, avx2,", page);
        Assert.DoesNotContain("![", page);
        Assert.EndsWith("<!-- end of bands -->\n", page);
    }

    /// <summary>What the documents show is what was recorded, by builds that somebody can make again; each of the
    /// algorithms is in it.</summary>
    [Fact]
    public async Task ThePageOfTheGateIsWhatItsRecordsSay()
    {
        var (code, _, error) = await Run("results", Path.Combine(SetupSandbox.Checkout, "docs/gate.md"), "--check");
        Assert.True(code == 0, error);
        Assert.DoesNotContain(RecordFile.Read(Recorded), record => record.IsOfChanges);
    }

    /// <summary>The gate's file has a part for every algorithm, and says what the recorded runs were made with; the
    /// gate's seed is none of theirs.</summary>
    [Fact]
    public void TheGateRunsWhatItsBandsWereMadeWith()
    {
        var runs = (from part in SweepFile.Read(Path.Combine(SetupSandbox.Checkout, "samples/sweeps/gate.yaml"))
                    from run in part.Runs("gate")
                    let presets = Presets.Stack(part.Preset)
                    select Record(run.Resolved.Config.Seed, 0) with
                    {
                        Agent = run.Resolved.Config.Agent, Task = run.Resolved.Config.Task, Presets = presets,
                        Settings = RunRecord.SettingsOf(run.Resolved.Config, presets),
                    }).ToArray();
        Assert.Equal(["dreamer", "dreamerv2", "dreamerv3", "planet", "world_models"],
            runs.Select(run => run.Agent).Distinct().Order());
        Assert.Equal(5 * ScoreBand.Seeds, runs.Length);
        Assert.All(runs, run => Assert.InRange(run.Seed, 1, ScoreBand.Seeds));
        Assert.All(RecordedBands, band =>
        {
            Assert.Equal(ScoreBand.Seeds, runs.Count(band.IsOf));
            Assert.All(band.Runs, run => Assert.InRange(run.Seed, 1, ScoreBand.Seeds));
        });
    }

    /// <summary>A run that is as bad as random actions fails in each of the recorded bands, and so does one that is a
    /// little too bad; beside them stands a band that is made up.</summary>
    [Fact]
    public async Task AFalsifiedRecordFailsInEveryBand()
    {
        Bands(Ten);
        foreach (var record in RecordedBands.SelectMany(band => band.Runs))
            new RecordFile(folder["bands.jsonl"]).Add(record, _ => { });
        var bands = ScoreBand.Read(folder["bands.jsonl"]).Where(band => band.Fault is null).ToArray();
        foreach (var falsified in bands)
            foreach (var come in (double[])[falsified.Random, falsified.Low - 1e-6, falsified.Low + 1e-6])
            {
                File.WriteAllLines(folder["mine.jsonl"], bands.Select(band => With(band.Runs[0],
                    band == falsified ? come : band.Mean).Line()));
                var (code, output, error) = await Run("gate", folder["mine.jsonl"], "--bands", folder["bands.jsonl"]);
                var fails = come < falsified.Low;
                Assert.Equal(fails ? 1 : 0, code);
                Assert.Equal(bands.Length - (fails ? 1 : 0), output.Split('\n').Count(line => line.StartsWith("ok: ")));
                Assert.Equal(fails, error.Contains($"1 of {bands.Length} did not pass: {falsified.Runs[0].Agent} on "));
            }

        static RunRecord With(RunRecord record, double come) => record with
        {
            Seed = 11, Tests = [record.Tests[^1] with { Mean = come }],
        };
    }

    /// <summary>The script runs the sweep with another seed into an empty folder, hands its options on, and ends as the
    /// verdict does.</summary>
    [Theory]
    [InlineData("", 0, 0, 0, "11")]
    [InlineData("--seeds 12 --jobs 2", 0, 1, 1, "12")]
    [InlineData("", 75, 0, 75, "11")]
    public void TheScriptTrainsAndThenJudges(string typed, int trained, int judged, int expected, string seed)
    {
        Directory.CreateDirectory(folder["scripts"]);
        Directory.CreateDirectory(folder["build/gate/old"]);
        File.Copy(Path.Combine(SetupSandbox.Checkout, "scripts/gate"), folder["scripts/gate"]);
        File.WriteAllText(folder["reverie"], "#!/bin/bash\n[[ ! -e ${0%/*}/build/gate ]] || echo old\n"
            + $"echo \"$@\"\n[[ $1 == sweep ]] && exit {trained}\nexit {judged}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder["reverie"], (UnixFileMode)0b111_101_101);
        using var process = Process.Start(new ProcessStartInfo("bash", [folder["scripts/gate"], .. typed.Split(' ',
            StringSplitOptions.RemoveEmptyEntries)]) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().TrimEnd().Split('\n');
        process.WaitForExit();
        Assert.Equal(expected, process.ExitCode);
        var options = typed.Contains("--jobs") ? " --jobs 2" : "";
        Assert.Equal($"sweep {folder["samples/sweeps/gate.yaml"]} --seeds {seed} --out {folder["build/gate"]}{options}",
            lines[0]);
        Assert.Equal(trained == 0 ? [$"gate {folder["build/gate"]} --bands {folder["docs/gate/ten-seeds.jsonl"]}"] : [],
            lines[1..]);
    }

    private void Bands(double[] returns, string agent = "planet")
    {
        foreach (var (i, one) in returns.Index())
            new RecordFile(folder["bands.jsonl"]).Add(Record(i + 1, one, agent), _ => { });
    }

    private static RunRecord Record(int seed, double came, string agent = "planet") =>
        RecordFileTests.Record(seed) with
        {
            Agent = agent, Presets = [agent, "tiny"], Tests = [new(100, 2, came, 0.25, 0.5, 1)],
        };

    private sealed class Near : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) one, (double, double) other) =>
            Math.Abs(one.Item1 - other.Item1) + Math.Abs(one.Item2 - other.Item2) < 1e-9;

        public int GetHashCode((double, double) pair) => 0;
    }
}
