using System.Text;
using System.Text.Json;
using Reverie.Pictures;
using Reverie.Tests.Setup;
using Reverie.Torch.IO;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli;

/// <summary>A whole run of debug size, from the command that begins it to those that look at it.</summary>
public sealed class RunVerbsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-run").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task ARunIsTrainedResumedRefusedEvaluatedDreamtAndPlotted()
    {
        var run = Path.Combine(folder, "run");
        string[] train =
            ["train", "--task", "cartpole_swingup", "--preset", "planet,tiny,debug", "--run", run, "--json"];

        var first = await Rows([.. train, "--env-steps", "480"]);
        Assert.Equal(480, End(first).GetProperty("env_steps").GetInt64());
        Assert.True(End(first).GetProperty("done").GetBoolean());
        Assert.Equal(3, first.Count(row => Kind(row) == "episode"));
        Assert.Contains(first, row => Kind(row) == "update" && row.GetProperty("loss_image").GetDouble() > 0);

        var second = await Rows([.. train, "--env-steps", "640"]);
        Assert.Equal(640, End(second).GetProperty("env_steps").GetInt64());
        Assert.Equal(1, second.Count(row => Kind(row) == "episode"));

        var (code, _, error) = await Run([.. train, "--set", "model.deter=48"]);
        Assert.Equal(1, code);
        Assert.Equal($"reverie: {run}: this run was started with model.deter = 32 (asked: 48); "
            + "repeat its options or choose another --run", error.TrimEnd());

        var offline = Path.Combine(folder, "offline");
        Assert.True(End(await Rows("train", "--offline", Path.Combine(run, "episodes"), "--preset", "planet,tiny,debug",
            "--updates", "1", "--run", offline, "--json")).GetProperty("done").GetBoolean());
        foreach (var verb in new[] { "eval", "dream" })
        {
            (code, _, error) = await Run(verb, offline);
            Assert.Equal(1, code);
            Assert.Contains("there is nothing to play in", Assert.Single(error.TrimEnd().Split('\n')));
        }

        var scores = Assert.Single(await Rows("eval", run, "--episodes", "2", "--json"));
        Assert.Equal(640, scores.GetProperty("env_steps").GetInt64());
        Assert.Equal(2, scores.GetProperty("episodes").GetInt32());
        Assert.InRange(scores.GetProperty("mean").GetDouble(),
            scores.GetProperty("min").GetDouble(), scores.GetProperty("max").GetDouble());

        var film = Path.Combine(folder, "dream.gif");
        var dream = Assert.Single(await Rows("dream", run, "--out", film, "--length", "12", "--json"));
        Assert.Equal(5, dream.GetProperty("context").GetInt32());
        Assert.Equal(12, dream.GetProperty("length").GetInt32());
        Assert.InRange(dream.GetProperty("rms_imagined").GetDouble(), 0.1, 255);
        Assert.True(new FileInfo(film).Length > 1000);
        Assert.True(PngImage.Read(dream.GetProperty("strip").GetString()!).Width > 64 * 10);

        var curve = Path.Combine(folder, "curve.png");
        var points = Assert.Single(await Rows("plot", run, "--out", curve, "--kind", "episode", "--json"));
        Assert.Equal(4, points.GetProperty("points").GetInt32());
        Assert.True(File.Exists(curve));
    }

    /// <summary>An environment in a class library: its run finds it again, and says so where it cannot.</summary>
    [Fact]
    public async Task ARunInSomebodysAssemblyIsFoundAgainToldOfAChangeAndOfALoss()
    {
        var file = Path.Combine(folder, "Docking.dll");
        File.Copy(Path.Combine(SetupSandbox.Checkout, "samples/Docking/bin/Release/net10.0/Docking.dll"), file);
        var run = Path.Combine(folder, "run");
        string[] train = ["train", "--preset", "planet,tiny,vector,debug", "--run", run, "--json", "--env-steps"];
        var rows = await Rows([.. train, "400", "--task", $"{file}:DockingCraft"]);
        Assert.InRange(End(rows).GetProperty("env_steps").GetInt64(), 400, 600);
        Assert.Contains($"{file}:Docking.DockingCraft", File.ReadAllText(Path.Combine(run, "config.yaml")));

        var facts = Path.Combine(run, "run.json");
        var text = Encoding.UTF8.GetString(Seal.OpenJson(File.ReadAllBytes(facts)).Text).Replace("sha256:", "sha256:0");
        File.WriteAllBytes(facts, Seal.Json(Encoding.UTF8.GetBytes(text)));
        var (code, _, error) = await Run("eval", run, "--episodes", "1");
        Assert.Equal(0, code);
        Assert.Contains("the environment has changed since this run began: it was Docking.dll sha256:0", error);

        File.Delete(file);      // a process of its own: this one has it loaded
        using var cli = CliProcess.Start("eval", run, "--episodes", "1");
        (code, _, error) = cli.Wait();
        Assert.Equal(1, code);
        Assert.Equal($"reverie: task {file}:Docking.DockingCraft: there is no file {file}; build it "
            + "(dotnet build -c Release), or if it has moved, set REVERIE_ENVIRONMENTS to its folder", error);
    }

    /// <summary>V, M and C in their phases, then what V draws and M dreams.</summary>
    [Fact]
    public async Task WorldModelsAreTrainedEvaluatedAndDreamt()
    {
        var run = Path.Combine(folder, "run");
        var rows = await Rows("train", "--task", "catch", "--preset", "world_models,tiny,debug", "--run", run,
            "--set", "training.seed_episodes=3", "--json");
        Assert.True(End(rows).GetProperty("done").GetBoolean());
        Assert.Equal(2, rows.Count(row => Kind(row) == "generation"));

        var scores = Assert.Single(await Rows("eval", run, "--episodes", "2", "--json"));
        Assert.InRange(scores.GetProperty("mean").GetDouble(), -10, 10);

        var film = Path.Combine(folder, "dream.gif");
        var dream = Assert.Single(await Rows(
            "dream", run, "--out", film, "--context", "3", "--length", "12", "--temperature", "1.15", "--json"));
        Assert.Equal(12, dream.GetProperty("length").GetInt32());
        Assert.InRange(dream.GetProperty("rms_imagined").GetDouble(), 0.1, 255);
        Assert.True(new FileInfo(film).Length > 1000);

        foreach (var (wish, word) in new[] { ("--policy", "--policy: "), ("--temperature=-1", "must be above 0"),
            ("--length=5", "dream: of 5 rows from row 0 on, 5 are context") })
        {
            var (code, _, error) = await Run(["dream", run, wish]);
            Assert.Equal(1, code);
            Assert.Contains(word, error);
        }
    }

    /// <summary>What sees vectors dreams in curves, and is filmed all the same.</summary>
    [Fact]
    public async Task ARunFromVectorsIsTrainedFilmedAndDreamtInCurves()
    {
        var run = Path.Combine(folder, "run");
        string[] train =
        [
            "train", "--task", "cartpole_swingup", "--preset", "planet,tiny,debug", "--run", run, "--json",
            "--env-steps", "320", "--set", "environment.quality=fast",
        ];
        var rows = await Rows([.. train, "--set", "model.encoder=vector"]);
        var update = rows.First(row => Kind(row) == "update");
        Assert.True(update.TryGetProperty("loss_vector", out _) && !update.TryGetProperty("loss_image", out _));
        var (code, _, error) = await Run([.. train, "--set", "model.encoder=both"]);
        Assert.Equal(1, code);
        Assert.Contains("model.encoder = vector (asked: both)", error);

        var film = Path.Combine(folder, "film.gif");
        var filmed = Assert.Single(await Rows("eval", run, "--episodes", "1", "--video", film, "--json"));
        var blind = Assert.Single(await Rows("eval", run, "--episodes", "1", "--json"));
        Assert.Equal(blind.GetProperty("mean").GetDouble(), filmed.GetProperty("mean").GetDouble());
        Assert.Equal("GIF89a"u8.ToArray(), File.ReadAllBytes(film)[..6]);

        var curves = Path.Combine(folder, "dream.png");
        var dream = Assert.Single(await Rows("dream", run, "--out", curves, "--length", "12", "--json"));
        Assert.Equal((5, 12), (dream.GetProperty("context").GetInt32(), dream.GetProperty("length").GetInt32()));
        Assert.True(PngImage.Read(curves).Height > 400);      // five entries in two columns
        (code, _, error) = await Run("dream", run, "--out", film);
        Assert.Equal(1, code);
        Assert.Equal(
            $"reverie: --out {film}: the name must end in .png, since the run sees vectors alone", error.TrimEnd());
    }

    [Fact]
    public async Task ARunFromBothDreamsInBoth()
    {
        var run = Path.Combine(folder, "run");
        var rows = await Rows("train", "--task", "cartpole_swingup", "--preset", "planet,tiny,debug", "--run", run,
            "--json", "--env-steps", "320", "--set", "model.encoder=both");
        var update = rows.First(row => Kind(row) == "update");
        Assert.True(update.TryGetProperty("loss_vector", out _) && update.TryGetProperty("loss_image", out _));
        var film = Path.Combine(folder, "dream.gif");
        var dreams = await Rows("dream", run, "--out", film, "--length", "8", "--json");
        Assert.Equal(2, dreams.Length);
        Assert.Equal([film, Path.Combine(folder, "dream-vector.png")],
            dreams.Select(row => row.GetProperty("file").GetString()));
        Assert.All(dreams, row => Assert.True(File.Exists(row.GetProperty("file").GetString())));
    }

    /// <summary>Choices, episodes that end, and an agent with a policy.</summary>
    [Fact]
    public async Task DreamerLearnsAGameAndIsLookedAt()
    {
        var run = Path.Combine(folder, "catch");
        var rows = await Rows("train", "--task", "catch", "--preset", "dreamer,tiny,debug", "--run", run, "--json",
            "--env-steps", "200", "--set", "model.continue=true", "--set", "environment.action_repeat=1");
        Assert.True(End(rows).GetProperty("done").GetBoolean());
        var update = rows.Last(row => Kind(row) == "update");
        foreach (var name in new[] { "loss_continue", "loss_actor", "loss_critic", "imagined_value", "actor_gradient_norm" })
            Assert.True(double.IsFinite(update.GetProperty(name).GetDouble()), name);
        Assert.Single(await Rows("eval", run, "--episodes", "1", "--json"));
        var dream = Assert.Single(await Rows("dream", run, "--length", "8", "--json"));
        Assert.True(File.Exists(dream.GetProperty("file").GetString()));
        var acted = await Rows("dream", run, "--policy", "--length", "8", "--json");
        Assert.Equal(3, acted[0].GetProperty("imagined").GetInt32());
        Assert.True(double.IsFinite(acted[0].GetProperty("imagined_return").GetDouble()));
        Assert.Equal($"dream-policy-{dream.GetProperty("updates").GetInt64():D9}.gif",
            Path.GetFileName(acted[1].GetProperty("file").GetString()));
        var (code, _, error) = await Run("dream", run, "--policy", "--episode", "0");
        Assert.Equal((1, "reverie: --policy: the agent plays a new episode; leave out --episode"),
            (code, error.TrimEnd()));
    }

    [Fact]
    public async Task WhatABenchmarkCannotTimeIsToldInOneLine()
    {
        var timed = await Rows("bench", "behavior", "act", "update", "--preset", "dreamer,tiny", "--repeats", "1", "--json");
        Assert.Equal(["behavior", "act", "update"], timed.Select(row => row.GetProperty("what").GetString()));
        Assert.All(timed, row => Assert.True(row.GetProperty("seconds").GetDouble() > 0));
        var profiled = await Rows("bench", "update", "--preset", "dreamer,tiny", "--repeats", "1", "--profile", "--json");
        var layers = profiled.Where(row => row.TryGetProperty("kind", out var kind) && kind.GetString() == "layer")
            .ToDictionary(row => row.GetProperty("name").GetString()!, row => row.GetProperty("backward").GetDouble());
        foreach (var layer in new[] { "model.encoder.conv1", "model.dynamics.gru", "actor.mlp.layer0" })
            Assert.True(layers[layer] > 0, layer);
        Assert.InRange(profiled.Skip(1).Sum(row => row.GetProperty("share").GetDouble()), 0.5, 2);
        var (code, _, error) = await Run("bench", "update", "env", "--profile");
        Assert.Equal((1, "reverie: --profile: env has no layers to tell apart; leave one of the two out"),
            (code, error.TrimEnd()));
        (code, _, error) = await Run("bench", "behavior", "--preset", "planet,tiny");
        Assert.Equal((1, "reverie: behavior: agent planet learns none; take --preset dreamer,small"), (code, error.TrimEnd()));
        (code, _, error) = await Run("bench", "update", "--preset", "planet,tiny", "--set", "agent=random");
        Assert.Equal((1, "reverie: agent random has nothing that could be timed here"), (code, error.TrimEnd()));
    }

    [Fact]
    public async Task AFolderThatIsNoRunIsToldWithTheNearestRun()
    {
        Directory.CreateDirectory(Path.Combine(folder, "cartpole-seed1"));
        File.WriteAllText(Path.Combine(folder, "cartpole-seed1", "config.yaml"), "");
        var typed = Path.Combine(folder, "cartpole-sed1");
        var (code, _, error) = await Run("eval", typed);
        Assert.Equal(1, code);
        Assert.Equal($"reverie: {typed}: there is no such run; did you mean cartpole-seed1?", error.TrimEnd());
        (_, _, error) = await Run("dream", folder);
        Assert.Equal($"reverie: {folder}: this is no run: it has no config.yaml", error.TrimEnd());
    }

    private static string? Kind(JsonElement row) => row.GetProperty("kind").GetString();

    private static JsonElement End(JsonElement[] rows) => rows.Single(row => Kind(row) == "end");

    private static async Task<JsonElement[]> Rows(params string[] typed)
    {
        var (code, output, error) = await Run(typed);
        Assert.True(code == 0, error);
        return [.. output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
