using System.Text.Json;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Replay.Data;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;
using Reverie.Training;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Training;

public sealed class OfflineTrainerTests : IDisposable
{
    private const int Rows = 20, Episodes = 4;

    private readonly TemporaryDirectory folder = new();

    public OfflineTrainerTests()
    {
        Directory.CreateDirectory(folder["data"]);
        var random = new RandomSource(1);
        for (var n = 0; n < Episodes; n++)
        {
            var image = new byte[Rows * 64 * 64 * 3];
            for (var i = 0; i < image.Length; i++)
                image[i] = (byte)random.NextInt(256);
            var action = new float[Rows * 2];
            for (var i = 2; i < action.Length; i++)
                action[i] = (float)random.NextDouble(-1, 1);
            Npz.Write(folder[$"data/{n}.npz"],
            [
                new("image", new(image, Rows, 64, 64, 3)), new("action", new(action, Rows, 2)),
                new("reward", new(Enumerable.Range(0, Rows).Select(t => t == 0 ? 0f : 0.1f * n).ToArray(), Rows)),
                new("discount", new(Enumerable.Repeat(1f, Rows).ToArray(), Rows)),
            ]);
        }
        OfflineTasks.Register();
    }

    public void Dispose() => folder.Dispose();

    private ResolvedConfig Settings(string? agent = null) => ConfigReader.Resolve(new ConfigSources
    {
        Presets = Presets.Stack($"{agent ?? "planet"},tiny,debug"),
        Overrides = [ConfigOverride.Parse($"task={OfflineTasks.Prefix}{folder["data"]}")],
    });

    private TrainingRun Open(string run, long updates, string? agent = null) =>
        TrainingRun.Open(folder[run], Settings(agent), new OfflineSource(folder["data"], Updates: updates));

    [RanksTheory]
    [InlineData("planet")]
    [InlineData("dreamerv3")]
    public void RanksShareTheEpisodesAndOneGoesOnWithAll(string agent)
    {
        RankThreads.Run(2, group =>
        {
            using var part = TrainingRun.Open(
                folder["run"], Settings(agent), new OfflineSource(folder["data"], Updates: 3), restart: false, group);
            Assert.True(part.Train(_ => { }));
            Assert.Equal((3, Episodes, Episodes * (Rows - 1L)),
                (part.Counters.Updates, part.Counters.Episodes, part.Counters.Decisions));
            return 0;
        });
        foreach (var part in new[] { "run", "run/ranks/001" })
            Assert.Equal(Episodes / 2, new EpisodeStore(folder[$"{part}/episodes"]).Episodes);
        Assert.Equal(Model("run"), Model("run/ranks/001"));
        Assert.Equal(Episodes, new DataFolder(folder["run"]).Check().Episodes);
        Directory.Delete(folder["data"], recursive: true);      // the run has them all
        using var run = Open("run", 5, agent);
        Assert.True(run.Train(_ => { }));
        Assert.Equal(5, run.Counters.Updates);
        Assert.Equal(Episodes, new EpisodeStore(folder["run/episodes"]).Episodes);

        byte[] Model(string part) => File.ReadAllBytes(Path.Combine(RunContent.Newest(folder[part]), "model.safetensors"));
    }

    [RanksFact]
    public void TooFewEpisodesForSomeRanksAreToldByAll()
    {
        foreach (var file in Directory.GetFiles(folder["data"])[1..]) File.Delete(file);
        var ends = RankThreads.Run(2, group => Assert.Throws<ConfigurationException>(() => TrainingRun.Open(
            folder["run"], Settings(), new OfflineSource(folder["data"], Updates: 3), restart: false, group)).Message);
        Assert.All(ends, line => Assert.Equal($"{folder["data"]}: 1 episodes are too few for 2 ranks, each of which draws chunks from its "
            + "own; take fewer", line));
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Theory]
    [InlineData("planet")]
    [InlineData("dreamer")]
    [InlineData("dreamerv2")]
    [InlineData("dreamerv3")]
    public void AnAgentLearnsFromEpisodesAlone(string agent)
    {
        using var run = Open("run", 3, agent);
        Assert.True(run.Train(_ => { }));
        Assert.Equal((3, Episodes, Episodes * (Rows - 1L)),
            (run.Counters.Updates, run.Counters.Episodes, run.Counters.Decisions));
        Assert.Equal(Episodes, new EpisodeStore(folder["run/episodes"]).Episodes);
        var kinds = File.ReadLines(folder["run/metrics.jsonl"])
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()).ToArray();
        Assert.Equal(1, kinds.Count(kind => kind == "data"));
        Assert.DoesNotContain("evaluation", kinds);
    }

    [Theory]
    [InlineData("planet")]
    [InlineData("dreamerv3")]
    public void ItGoesOnBitForBitAndTakesTheEpisodesInOnce(string agent)
    {
        using (var whole = Open("whole", 6, agent))
            whole.Train(_ => { });
        using (var half = Open("parts", 3, agent))
            half.Train(_ => { });
        // Begun with so many updates and a folder, it needs neither to be said again, but takes more of the first.
        using (var same = TrainingRun.Open(folder["parts"], Settings(agent)))
            Assert.True(same.Train(_ => { }));
        using (var rest = Open("parts", 6, agent))
            rest.Train(_ => { });
        Assert.Equal(Episodes, new EpisodeStore(folder["parts/episodes"]).Episodes);
        Assert.Equal(File.ReadAllBytes(folder["whole/checkpoints/000000006/model.safetensors"]),
            File.ReadAllBytes(folder["parts/checkpoints/000000006/model.safetensors"]));
        Assert.Contains("learns from", Assert.ThrowsAny<ReverieException>(
            () => TrainingRun.Open(folder["parts"], Settings(agent), new OfflineSource(folder["else"]))).Message);
    }

    [Fact]
    public async Task EpisodesOfAnotherTaskThanIsNamedAreToldBeforeThereIsARun()
    {
        var (code, _, error) = await Run("train", "--offline", folder["data"], "--task", "catch", "--preset", "planet,tiny,debug",
            "--run", folder["none"]);
        Assert.Equal(1, code);
        Assert.Contains("but the agent is to learn from", error);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(folder["none"]));
    }

    [Fact]
    public async Task AMaskOfNumbersIsNoMask()
    {
        foreach (var path in Directory.GetFiles(folder["data"]))
        {
            var arrays = Npz.Read(path).ToDictionary();
            arrays["action_mask"] = new(Enumerable.Repeat((byte)1, Rows * 2).ToArray(), Rows, 2);
            Npz.Write(path, arrays);
        }
        var (code, output, _) = await Run("data", "check", folder["data"]);
        Assert.Equal(1, code);
        Assert.Contains("'action_mask' says which choices there are, and actions here are continuous", output);
    }

    [Fact]
    public async Task TheCommandsSayWhatIsWrongAndLeaveNoRunBehind()
    {
        var (code, output, _) = await Run("data", "check", folder["data"], "--preset", "planet,tiny,debug");
        Assert.Equal(0, code);
        Assert.Contains("4 files, 4 episodes, 76 decisions", output);
        Assert.Contains("nothing is wrong with it", output);

        File.WriteAllText(folder["data/9.npz"], "none");
        (code, output, _) = await Run("data", "check", folder["data"]);
        Assert.Equal(1, code);
        Assert.Contains("error: 9.npz: it cannot be read", output);
        (code, _, var error) = await Run("train", "--offline", folder["data"], "--preset", "planet,tiny,debug", "--run",
            folder["none"]);
        Assert.Equal(1, code);
        Assert.Contains("9.npz: it cannot be read", error);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(folder["none"]));

        File.Delete(folder["data/9.npz"]);
        (code, _, error) = await Run("train", "--updates", "5", "--run", folder["none"]);
        Assert.Contains("together with --offline", error);
        (code, _, error) = await Run(
            "train", "--offline", folder["data"], "--preset", "world_models,tiny,debug", "--run", folder["wm"]);
        Assert.Contains("from episodes alone learn planet, dreamer, dreamerv2 and dreamerv3", error);
        Assert.False(Directory.Exists(folder["wm"]));
    }
}
