using System.Diagnostics;
using System.Text.Json;
using Reverie.Tests.Fakes;
using Reverie.Tests.Training;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli;

/// <summary>Runs of several tasks, and runs that begin with parts of another one, as a user types them.</summary>
public sealed class JoinedRunTests : IDisposable
{
    private static readonly string[] Toys =
    [
        "--preset", "planet,tiny,debug,vector", "--set", "environment.time_limit=20", "--set", "replay.chunk_length=8",
        "--set", "training.updates_per_episode=3", "--set", "training.checkpoint_every=3", "--set", "planner.candidates=8",
        "--set", "planner.elites=2",
    ];

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task TwoTasksAreTrainedKilledGoneOnWithBitForBitAndPlayedOneByOne()
    {
        string[] Command(string run) =>
            ["train", "--task", "cartpole_balance,reacher_easy", "--run", folder[run], .. Toys, "--env-steps", "1600"];
        using (var first = CliProcess.Start(Command("run")))
        {
            var awaited = folder["run/checkpoints/000000009"];
            for (var watch = Stopwatch.StartNew(); !Directory.Exists(awaited); Thread.Sleep(1))
                Assert.True(!first.HasExited && watch.Elapsed.TotalMinutes < 5, $"{awaited} did not appear");
            first.Kill();
        }
        var (code, output, _) = await Run(Command("run"));
        Assert.Equal(0, code);
        Assert.Contains("dream " + folder["run"] + " --task cartpole_balance`", output);
        Assert.Contains(" (reacher_easy ", output);
        Assert.Equal(0, (await Run(Command("whole"))).Code);
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["run"]));

        (code, output, _) = await Run("eval", folder["run"], "--episodes", "2", "--json");
        Assert.Equal(0, code);
        var rows = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["cartpole_balance", "reacher_easy"], rows.Select(row => row.GetProperty("task").GetString()));
        (code, output, _) = await Run("eval", folder["run"], "--episodes", "1", "--task", "reacher_easy");
        Assert.Equal(0, code);
        Assert.DoesNotContain("cartpole", output);
        Assert.Equal(0, (await Run("dream", folder["run"], "--task", "reacher_easy", "--length", "10", "--episode", "1")).Code);
        Assert.Single(Directory.GetFiles(folder["run/videos"], "*-reacher_easy.png"));

        await Refused("--task: " + folder["run"] + " has learned several tasks; name one of cartpole_balance, reacher_easy",
            "dream", folder["run"]);
        await Refused("--task walker_walk: " + folder["run"] + " has not learned it; there are cartpole_balance, reacher_easy",
            "eval", folder["run"], "--task", "walker_walk");
        await Refused("task: cartpole_balance takes actions of Box[1], catch of Discrete[3]: one agent cannot learn both; train them "
            + "apart", "train", "--task", "cartpole_balance,catch", "--run", folder["none"]);
        // Those that other tests have registered come after ours.
        await Refused("--task: task: agent = world_models learns one task; several with one model learn planet, dreamer, dreamerv2, "
            + "dreamerv3", mayGoOn: true, "train", "--task", "cartpole_balance,reacher_easy", "--preset", "world_models,tiny", "--run", folder["none"]);
        Assert.False(Directory.Exists(folder["none"]));
    }

    [Fact]
    public async Task ARunBeginsWithAnothersPartsAndSettingsAndOutlivesIt()
    {
        Assert.Equal(0, (await Run(["train", "--task", "walker_stand", "--run", folder["stand"], .. Toys, "--env-steps", "200"])).Code);
        var (code, output, error) = await Run("train", "--task", "walker_walk", "--from", folder["stand"], "--freeze",
            "encoder,dynamics", "--run", folder["walk"]);
        Assert.True(code == 0, error);
        Assert.Contains($"encoder, dynamics, decoder as {folder["stand"]} had them after ", output + error);
        Assert.Contains(" updates, of which encoder, dynamics stay so; reward begins anew", output + error);
        Assert.Contains("env_steps: 200  #", File.ReadAllText(folder["walk/config.yaml"]));
        Directory.Delete(folder["stand"], recursive: true);
        (code, _, error) = await Run("train", "--run", folder["walk"], "--env-steps", "300");
        Assert.True(code == 0, error);

        await Refused($"{folder["stand"]}: there is no such run; there are walk",
            "train", "--from", folder["stand"], "--run", folder["none"]);
        await Refused("transfer.keep: there is no part 'actor'; there are encoder, dynamics, decoder, reward",
            "train", "--from", folder["walk"], "--keep", "actor", "--run", folder["none"]);
        await Refused("--keep: name the run that the parts are of with --from", "train", "--keep", "encoder", "--run", folder["none"]);
        await Refused("--freeze: name the run that the parts are of with --from",
            "train", "--preset", "planet,tiny", "--freeze", "encoder", "--run", folder["none"]);
        await Refused("--seeds: with --from name the presets of that run, too, by --preset",
            "train", "--from", folder["walk"], "--seeds", "1-2", "--run", folder["none"]);
        Assert.False(Directory.Exists(folder["none"]));
    }

    private static Task Refused(string line, params string[] words) => Refused(line, mayGoOn: false, words);

    private static async Task Refused(string line, bool mayGoOn, params string[] words)
    {
        var (code, _, error) = await Run(words);
        Assert.NotEqual(0, code);
        if (mayGoOn) Assert.StartsWith("reverie: " + line, error, StringComparison.Ordinal);
        else Assert.Equal("reverie: " + line, error.TrimEnd());
    }
}
