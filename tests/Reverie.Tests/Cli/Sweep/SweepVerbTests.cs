using System.Text.Json;
using Reverie.Cli;
using Reverie.Cli.Records;
using Reverie.Cli.Sweep;
using Reverie.Configuration;
using Reverie.Tests.Fakes;
using Reverie.Tests.Training;

namespace Reverie.Tests.Cli.Sweep;

/// <summary>Sweeps of tiny runs, in processes as users have them.</summary>
public sealed class SweepVerbTests : IDisposable
{
    private static readonly string[] Tiny =
    [
        "--preset", "planet,tiny,debug,vector", "--tasks", "cartpole_balance", "--env-steps", "320",
        "--set", "compute.threads=1", "--set", "training.test_episodes=1", "--set", "planner.candidates=8",
        "--set", "training.updates_per_episode=2",
    ];

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void RunsAreMadeTestedRecordedAndThenLeftAlone()
    {
        string[] command = ["sweep", .. Tiny, "--seeds", "1-2", "--out", folder["s"], "--jobs", "2", "--record", folder["r.jsonl"]];
        var (code, output, error) = Complete(command);
        Assert.True(code == 0, error);
        Assert.Equal(2, output.Split('\n').Count(line => line.Contains("-seed") && line.Contains(": done: 320 env steps") && line.Contains(", test ")));
        Assert.Contains("2 of 2 runs done; look at them with `reverie compare", output);
        var before = File.ReadAllText(folder["r.jsonl"]);
        var records = RecordFile.Read(folder["r.jsonl"]);
        Assert.Equal([1, 2], records.Select(record => record.Seed).Order());
        Assert.All(records, record =>
        {
            Assert.Equal(("cartpole_balance", "planet", 320L, 1), (record.Task, record.Agent, record.EnvSteps, record.Machine.Threads));
            Assert.Equal((320L, 1), (record.Tests.Single().EnvSteps, record.Tests.Single().Episodes));
            Assert.Equal("planet-tiny-debug-vector-candidates=8-updates_per_episode=2", record.Setting);
        });

        var content = Runs().Select(RunContent.Of).ToArray();
        (code, output, error) = Complete(command);
        Assert.True(code == 0, error);
        Assert.DoesNotContain("begins", output);
        Assert.Equal(before, File.ReadAllText(folder["r.jsonl"]));
        Assert.Equal(content, Runs().Select(RunContent.Of));

        // More of the same: what is there goes on, the new seed begins.
        (code, output, error) = Complete(
            ["sweep", .. Tiny.Select(word => word == "320" ? "480" : word), "--seeds", "1-3", "--out", folder["s"], "--record", folder["r.jsonl"]]);
        Assert.True(code == 0, error);
        Assert.Equal(3, output.Split('\n').Count(line => line.Contains(": done: 480 env steps")));
        Assert.Equal([480, 480, 480], RecordFile.Read(folder["r.jsonl"]).Select(record => record.EnvSteps));
        Assert.Equal([320, 480], RecordFile.Read(folder["r.jsonl"]).Single(record => record.Seed == 1).Tests.Select(test => test.EnvSteps));

        var table = new StringWriter();
        Assert.Equal(0, CommandLine.RunAsync(["compare", folder["s"], "--json", "--published", "none"], table, TextWriter.Null).Result);
        Assert.Equal(3, JsonDocument.Parse(table.ToString().Split('\n')[0]).RootElement.GetProperty("runs").GetInt32());
    }

    [Theory]
    [InlineData("KILL", 137)]
    [InlineData("TERM", 143)]
    public void ASweepThatIsEndedTakesItsRunsAlongAndGoesOnBitForBit(string signal, int code)
    {
        string[] Command(string place) =>
            ["sweep", .. Tiny.Select(word => word == "320" ? "960" : word), "--seeds", "1-2", "--out", place, "--jobs", "2"];
        Assert.Equal(0, Complete(Command(folder["whole"])).Code);
        using (var first = CliProcess.Start(Command(folder["s"])))
        {
            for (var i = 0; i < 6000 && !Runs().Any(run => Directory.Exists(Path.Combine(run, "checkpoints", "000000003"))); i++)
                Thread.Sleep(20);
            first.Signal(signal);
            Assert.Equal(code, first.Wait().Code);
        }
        var (again, output, error) = Complete(Command(folder["s"]));
        Assert.True(again == 0, error + output);
        Assert.Equal(Directory.GetDirectories(folder["whole"], "cart*").Order().Select(RunContent.Of), Runs().Select(RunContent.Of));
    }

    [Fact]
    public void ARunThatFailsStopsNoOtherAndIsToldAtTheEnd()
    {
        var broken = Directory.CreateDirectory(Path.Combine(folder["s"], "cartpole_balance-planet-tiny-debug-vector-seed1/episodes"));
        File.WriteAllText(Path.Combine(broken.FullName, "lost.npz"), "what is left of a run");
        var (code, output, error) = Complete(["sweep", .. Tiny, "--seeds", "1-2", "--out", folder["s"]]);
        Assert.Equal(1, code);
        Assert.Contains("seed2: done: 320 env steps", output);
        Assert.Contains("seed1: failed: ", output);
        Assert.Contains("but no config.yaml", output);
        Assert.StartsWith("reverie: 1 of 2 runs failed: cartpole_balance-planet-tiny-debug-vector-seed1; what they said is in", error.Split('\n')[^1]);
        Assert.Contains("but no config.yaml", File.ReadAllText(Path.Combine(folder["s"], "logs/cartpole_balance-planet-tiny-debug-vector-seed1.txt")));
    }

    [Fact]
    public void HoursThatAreOverEndItCleanly()
    {
        var (code, output, error) = Complete(
            ["sweep", .. Tiny.Select(word => word == "320" ? "10000000" : word), "--seeds", "1-3", "--out", folder["s"], "--hours", "0.002"]);
        Assert.True(code == 75, error);
        Assert.Matches(@"seed1: saved at [\d,]+ env steps", output);
        Assert.Contains("0 of 3 runs done; `reverie sweep ", output);
        Assert.False(Directory.Exists(Path.Combine(folder["s"], "cartpole_balance-planet-tiny-debug-vector-seed2")));
    }

    [Fact]
    public void ADryRunBeginsNothing()
    {
        var (code, output, error) = Complete(["sweep", .. Tiny, "--seeds", "1-4", "--out", folder["s"], "--dry-run", "--json", "--jobs", "2"]);
        Assert.True(code == 0, error);
        var rows = output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(5, rows.Length);
        Assert.Equal((4, 4), (rows[^1].GetProperty("runs").GetInt32(), rows[^1].GetProperty("left").GetInt32()));
        Assert.True(rows[^1].GetProperty("hours").GetDouble() > 0);
        Assert.True(rows[^1].GetProperty("disk_bytes").GetInt64() > 0);
        Assert.False(Directory.Exists(folder["s"]));
    }

    // Controllers are judged on episodes without end, which nobody keeps.
    [Fact]
    public void ADryRunOfWorldModelsReckonsWithTheEpisodesThatAreKept()
    {
        var (code, output, error) = Complete(["sweep", "--preset", "world_models,tiny,debug", "--tasks", "car_racing", "--seeds",
            "1", "--set", "training.env_steps=10000000000", "--out", folder["s"], "--dry-run", "--json"]);
        Assert.True(code == 0, error);
        var forecast = JsonDocument.Parse(output.Split('\n')[^1]).RootElement;
        Assert.InRange(forecast.GetProperty("disk_bytes").GetInt64(), 1, 100_000_000);
    }

    // Rollouts are forgotten; updates follow from them, W environments of T decisions each.
    [Fact]
    public void ADryRunOfA3cReckonsWithoutEpisodes()
    {
        var (code, output, error) = Complete(["sweep", "--preset", "a3c,tiny,vector", "--tasks", "cartpole_balance", "--seeds",
            "1", "--set", "training.env_steps=10000000000", "--out", folder["s"], "--dry-run", "--json"]);
        Assert.True(code == 0, error);
        var forecast = JsonDocument.Parse(output.Split('\n')[^1]).RootElement;
        Assert.InRange(forecast.GetProperty("disk_bytes").GetInt64(), 1, 10_000_000);
        Assert.True(forecast.GetProperty("hours").GetDouble() > 1);
        Reverie.Environments.ControlSuite.ControlSuiteTasks.Register();
        var config = ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack("a3c,tiny,vector"),
            Overrides = [ConfigOverride.Parse("training.env_steps=2000"), ConfigOverride.Parse("environment.action_repeat=2")],
        }).Config;
        Assert.Equal(2000 / (2.0 * 5 * 4), SweepForecast.Updates(config));
    }

    [Fact]
    public void AFileIsRunWithOtherSeeds()
    {
        File.WriteAllText(folder["mine.yaml"], """
            runs:
              - preset: planet,tiny,debug,vector
                tasks: [cartpole_balance]
                seeds: 1-3
                set: {training.env_steps: 160, training.test_episodes: 0, planner.candidates: 8, compute.threads: 1}
            """);
        var (code, output, error) = Complete(["sweep", folder["mine.yaml"], "--seeds", "7", "--out", folder["s"]]);
        Assert.True(code == 0, error);
        Assert.Equal("cartpole_balance-planet-tiny-debug-vector-seed7", Path.GetFileName(Assert.Single(Runs())));
        Assert.Contains("1 of 1 run done", output);
        Assert.Equal((1, "reverie: --seeds: " + folder["s"] + " says already what to run; give one of the two"),
            Complete(["sweep", folder["s"], "--seeds", "8"]) is var (no, _, told) ? (no, told) : default);
    }

    [Fact]
    public void AnArrayJobDoesTheSameOverTheSameFile()
    {
        // A stand-in for sbatch that does what the array asks for, and one for srun.
        Tool("srun", "exec \"$@\"");
        Tool("sbatch", """
            list=$(grep -o -- '--array=[0-9-]*' "$1" | cut -d= -f2)
            for n in $(seq ${list%-*} ${list#*-}); do SLURM_ARRAY_TASK_ID=$n bash "$1" >"$1.$n" 2>&1 || exit 1; done
            echo "Submitted batch job 77"
            """);
        using var process = CliProcess.StartAfter($"export PATH='{folder.Path}':$PATH",
            ["sweep", .. Tiny, "--seeds", "1-2", "--out", folder["s"], "--slurm", "--sbatch", "--mem=2G --time=00:10:00"]);
        var (code, output, error) = process.Wait();
        Assert.True(code == 0, error + string.Concat(Directory.GetFiles(folder["s"], "slurm.sh.*").Select(File.ReadAllText)));
        Assert.EndsWith("2 runs submitted: Submitted batch job 77", output);
        var script = File.ReadAllText(Path.Combine(folder["s"], "slurm.sh"));
        Assert.Contains("--array=0-1 --ntasks=1 --cpus-per-task=1\n", script);
        Assert.Contains("\n#SBATCH --mem=2G --time=00:10:00\n", script);
        Assert.All(Runs(), run => Assert.Contains("\"done\":true", RunContent.Of(run)["state.json"]));
        Assert.Equal(2, Runs().Length);
        Assert.Contains("all of its 2 runs are done", Complete(["sweep", folder["s"], "--slurm"]).Error);
    }

    [Fact]
    public void FoldersOfEveryNameAreOneWordInDirectivesAndPatterns() =>
        Assert.Contains(@" --output=/my\ runs/50%%\#\'1/logs/slurm-%a.txt" + "\n",
            SlurmJob.Text("/my runs/50%#'1", "0-1", new SweepOptions(1), 1, ""));

    [Fact]
    public void SeveralSeedsOfTrainAreASweep()
    {
        string[] command = ["train", .. Tiny.Select(word => word == "--tasks" ? "--task" : word), "--seeds", "1-2", "--run", folder["s"]];
        var (code, output, error) = Complete(command);
        Assert.True(code == 0, error);
        Assert.Equal(2, Runs().Length);
        Assert.Contains("is the folder of a sweep", Complete(["train", "--run", folder["s"]]).Error);
    }

    [Theory]
    [InlineData("sweep", "what is to run?")]
    [InlineData("sweep --preset planet,tiny --tasks catch --seeds 3-1", "--seeds: 3-1: write seeds as")]
    [InlineData("sweep --preset planet,tiny --tasks catch --jobs 0", "--jobs: give a whole number of at least 1")]
    [InlineData("sweep --preset planet,tiny --tasks catch --hours 0", "--hours: give a number above 0, at most 1000")]
    [InlineData("sweep --preset planet,tiny --tasks catch --record r.csv", "ends in .jsonl")]
    [InlineData("sweep --preset planet,tiny --tasks catch --sbatch --x", "together with --slurm")]
    [InlineData("sweep --preset planet,tiny --tasks catch --only 1 --dry-run", "--only 1: the sweep's runs have the numbers 0 to 0")]
    [InlineData("sweep nothing.yaml", "nothing.yaml: there is no such file")]
    [InlineData("sweep nothing.yaml --tasks catch", "--tasks: nothing.yaml says already what to run")]
    [InlineData("train --preset planet,tiny --task catch --jobs 2", "--jobs: goes together with --seeds")]
    [InlineData("train --preset planet,tiny --task catch --seeds 1-2 --seed 1", "--seed and --seeds: give one of the two")]
    [InlineData("train --preset planet,tiny --task catch --seeds 1-2 --restart", "--restart: is for one run")]
    public async Task MistakesAreOneLineAndLeaveNothing(string command, string told)
    {
        var error = new StringWriter();
        var before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder.Path;
        try
        {
            Assert.Equal(1, await CommandLine.RunAsync(command.Split(' '), TextWriter.Null, error));
            Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
        Assert.Contains(told, error.ToString());
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }

    private string[] Runs() => Directory.Exists(folder["s"]) ? [.. Directory.GetDirectories(folder["s"], "cart*").Order()] : [];

    private static (int Code, string Output, string Error) Complete(string[] command)
    {
        using var process = CliProcess.Start(command);
        return process.Wait();
    }

    private void Tool(string name, string body)
    {
        File.WriteAllText(folder[name], $"#!/bin/bash\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder[name], (UnixFileMode)0b111_101_101);
    }
}
