using Reverie.Cli.Dashboard.Runs;
using Reverie.Configuration;
using Reverie.Runs;

namespace Reverie.Tests.Cli.Dashboard;

public sealed class RunCatalogTests : IDisposable
{
    private readonly RunsOnDisk disk = new();

    public void Dispose() => disk.Dispose();

    [Fact]
    public void ARunIsListedWithWhatItHasComeTo()
    {
        disk.Add("deep/er/mine", seed: 3, presets: "planet,tiny", 10, 30);
        var run = Assert.Single(List());
        Assert.Equal(
            ("deep/er/mine", "cartpole_swingup", "planet,tiny", "3"), (run.Id, run.Task, run.Presets, run.Seed));
        Assert.Equal((30, "evaluation"), (run.Return, run.ReturnOf));
        Assert.Equal((2000L, 200L, 2L, 20.0), (run.EnvSteps, run.Updates, run.Episodes, run.Seconds));
        Assert.Equal((10.0, 100.0), (run.UpdatesPerSecond, run.EnvStepsPerSecond));
        Assert.Equal((new RunGoal(RunGoal.EnvSteps, 1_000_000), 0.002), (run.Goal, run.Share));
    }

    [Fact]
    public void RunsOfASweepSayWhich()
    {
        disk.Add("table/a-seed1", seed: 1, returns: 1);
        disk.Add("table/a-seed2", seed: 2, returns: 1);
        disk.Add("alone", returns: 1);
        File.WriteAllText(Path.Combine(disk.Folder, "table/sweep.yaml"), "runs: []\n");
        Assert.Equal([("alone", null), ("table/a-seed1", "table"), ("table/a-seed2", "table")],
            List().Select(run => (run.Id, run.Sweep)).OrderBy(run => run.Id));
    }

    [Fact]
    public void StatesFollowFromTheDirectory()
    {
        var stopped = disk.Add("stopped", returns: [1, 2]);
        RunsOnDisk.Checkpoint(stopped, new FileInfo(Path.Combine(stopped, "metrics.jsonl")).Length);
        RunsOnDisk.Checkpoint(disk.Add("crashed", returns: [1, 2]), 20);
        disk.Add("without checkpoint", returns: 1);
        disk.Add("begun");
        disk.Add("finished", returns: new double[1000]);
        var config = ConfigReader.Resolve(new ConfigSources { Presets = ["planet", "tiny"] });
        using var running = RunDirectory.Open(Path.Combine(disk.Folder, "running"), config);
        running.Begin(saved: false);

        Assert.Equal(
            new Dictionary<string, RunState>
            {
                ["stopped"] = RunState.Stopped, ["crashed"] = RunState.Crashed, ["begun"] = RunState.Stopped,
                ["without checkpoint"] = RunState.Crashed, ["finished"] = RunState.Finished,
                ["running"] = RunState.Running,
            }.OrderBy(pair => pair.Key),
            List().ToDictionary(run => run.Id, run => run.State).OrderBy(pair => pair.Key));
    }

    /// <summary>What a checkpoint says goes before environment steps, which World Models do not end with.</summary>
    [Theory]
    [InlineData("\"done\": true", 0, "Finished", 0.5)]
    [InlineData("\"done\": true", -1, "Crashed", 0.5)]
    [InlineData("\"done\": false", 0, "Stopped", 0.5)]
    [InlineData("\"done\": 7", 0, "Damaged", 200.0 / 420)]
    public void ARunIsFinishedWhenItsCheckpointSaysSo(string said, int beyond, string state, double share)
    {
        var run = disk.Add("run", presets: "world_models,tiny", returns: [1, 2]);
        var length = new FileInfo(Path.Combine(run, "metrics.jsonl")).Length + beyond;
        RunsOnDisk.Checkpoint(run, length,
            $$""", {{said}}, "goals": [{"counter": "updates", "total": 400, "even_from": null}]""");
        var shown = Assert.Single(List());
        Assert.Equal((state, share), ($"{shown.State}", shown.Share));
    }

    /// <summary>Checkpoints of versions before said nothing; 200 updates of V, 200 of M and 20 generations.</summary>
    [Theory]
    [InlineData(4, "Stopped", 400.0 / 420)]
    [InlineData(5, "Finished", 1)]
    public void PhasesThatAreOverAreAFinishedRun(int evaluations, string state, double share)
    {
        var run = disk.Add("run", presets: "world_models,tiny", returns: new double[evaluations]);
        RunsOnDisk.Checkpoint(run, new FileInfo(Path.Combine(run, "metrics.jsonl")).Length);
        var shown = Assert.Single(List());
        Assert.Equal((state, share), ($"{shown.State}", shown.Share));
        Assert.Equal(new RunGoal(RunGoal.Updates, 420), shown.Goal);
    }

    [Fact]
    public void RunsThatDifferInTheSeedAloneHaveOneSetting()
    {
        disk.Add("a", seed: 1);
        disk.Add("b", seed: 2);
        disk.Add("c", seed: 1, presets: "planet,tiny");
        var settings = List().ToDictionary(run => run.Id, run => run.Setting);
        Assert.Equal(settings["a"], settings["b"]);
        Assert.NotEqual(settings["a"], settings["c"]);
    }

    [Fact]
    public void ADeletedRunLeavesTheListAndDamagedFilesDoNot()
    {
        var catalog = new RunCatalog(new RunsFolder(disk.Folder));
        var (gone, torn) = (disk.Add("gone", returns: 1), disk.Add("torn", returns: 7));
        Assert.Equal(2, catalog.List().Count);
        Directory.Delete(gone, recursive: true);
        File.AppendAllText(Path.Combine(torn, "metrics.jsonl"),
            "{\"kind\":\"evaluation\",\"env_st\n\0\0\n{\"kind\":\"eva");
        File.WriteAllText(Path.Combine(torn, "run.json"), "{ torn");
        File.WriteAllText(Path.Combine(torn, "config.yaml"), "task: mine\nlines that: are\n  none\n- [");

        var run = Assert.Single(catalog.List());
        Assert.Equal(("torn", "mine", 7), (run.Id, run.Task, run.Return));
        Assert.Equal(RunState.Damaged, run.State);
        Assert.StartsWith("run.json: ", run.Damage);
        Assert.ThrowsAny<ReverieException>(() => catalog.Find("gone"));
    }

    [Theory]
    [InlineData("\"title\":\"harbour\",", "harbour")]
    [InlineData("", "Tugboat")]                         // begun before titles were noted
    public void ATaskOfALibraryIsCalledByItsTitleAndActionsByTheirNames(string title, string shown)
    {
        var run = disk.Add("one", returns: 1);
        var config = Path.Combine(run, "config.yaml");
        File.WriteAllText(config, File.ReadAllText(config)
            .Replace("task: cartpole_swingup", "task: /somewhere/Harbour.dll:Harbour.Tugboat", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(run, "run.json"), $$"""{"version":1,{{title}}"action_names":["left","right"]}""");
        Assert.Equal(shown, RunDirectory.TitleOf(run, "/somewhere/Harbour.dll:Harbour.Tugboat"));
        Assert.Equal("mine", RunDirectory.TitleOf(run, "mine"));
        var catalog = new RunCatalog(new RunsFolder(disk.Folder));
        Assert.Equal(shown, Assert.Single(catalog.List()).Task);
        Assert.Equal(["left", "right"], catalog.Find("one").Facts.ActionNames);
    }

    [Fact]
    public void OnlyWhatChangedIsReadAgain()
    {
        var catalog = new RunCatalog(new RunsFolder(disk.Folder));
        var run = disk.Add("one", returns: 1);
        Assert.Equal(1, catalog.List()[0].Return);
        RunsOnDisk.Log(run, 2);
        Assert.Equal(2, catalog.List()[0].Return);
        Assert.Same(catalog.Find("one").Facts, catalog.Find("one").Facts);
    }

    private IReadOnlyList<RunSummary> List() => new RunCatalog(new RunsFolder(disk.Folder)).List();
}
