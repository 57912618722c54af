using Reverie.Configuration;
using Reverie.Environments;

namespace Reverie.Tests.Configuration;

public sealed class ConfigReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-config").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void NothingGivesTheDefaults()
    {
        var resolved = ConfigReader.Resolve(new ConfigSources());
        Assert.Equal(new Config(), resolved.Config);
        Assert.All(resolved.Origins.Values, origin => Assert.Equal("default", origin));
    }

    [Fact]
    public void LaterSourcesWinAndEveryValueKnowsItsOrigin()
    {
        var file = Write("replay:\n  batch_size: 7\nseed: 3\nmodel.deter: 96\n");
        var resolved = ConfigReader.Resolve(new ConfigSources
        {
            Presets = ["planet", "small"],
            File = file,
            Overrides = [ConfigOverride.Parse("seed=9"), new ConfigOverride("compute.device", "cpu", "--device")],
        });
        Assert.Equal(7, resolved.Config.Replay.BatchSize);
        Assert.Equal(96, resolved.Config.Model.Deter);
        Assert.Equal(9, resolved.Config.Seed);
        Assert.Equal(ValueOf("small", "reward_units"), $"{resolved.Config.Model.RewardUnits}");
        Assert.Equal($"{file}:2", resolved.Origins["replay.batch_size"]);
        Assert.Equal($"{file}:4", resolved.Origins["model.deter"]);
        Assert.Equal("--set", resolved.Origins["seed"]);
        Assert.Equal("--device", resolved.Origins["compute.device"]);
        Assert.Equal($"preset small:{LineOf("small", "reward_units")}", resolved.Origins["model.reward_units"]);
        Assert.Equal("default", resolved.Origins["task"]);
    }

    [Theory]
    [InlineData("pixels", ObservationKind.Pixels)]
    [InlineData("vector", ObservationKind.Vector)]
    [InlineData("both", ObservationKind.Both)]
    public void WhatIsSeenIsOneOfThree(string word, ObservationKind kind)
    {
        Assert.Equal(kind, Set($"model.encoder={word}").Model.Sees());
        var error = Assert.ThrowsAny<ReverieException>(() => Set($"model.encoder={word}s"));
        Assert.Equal($"--set: model.encoder = {word}s, but it must be one of pixels, vector, both", error.Message);
    }

    [Fact]
    public void APresetIsStrongerThanTheOneBeforeIt()
    {
        Assert.Equal(ValueOf("paper", "batch_size"), $"{Preset("tiny", "paper").Replay.BatchSize}");
        Assert.Equal(ValueOf("tiny", "batch_size"), $"{Preset("paper", "tiny").Replay.BatchSize}");
        Assert.NotEqual(ValueOf("paper", "batch_size"), ValueOf("tiny", "batch_size"));
    }

    [Fact]
    public void AWildcardSetsEveryKeyThatMatches()
    {
        var config = Set("*_units=64", "loss.*reward=2");
        Assert.Equal(64, config.Model.RewardUnits);
        Assert.Equal(2, config.Loss.Reward);
        Assert.Equal(2, config.Loss.Overshooting.Reward);
        Assert.Equal(new Config().Loss.Image, config.Loss.Image);
        Assert.Equal(new Config().Model.Hidden, config.Model.Hidden);
    }

    [Fact]
    public void ValuesAreReadByType()
    {
        var config = Set("training.env_steps=3e6", "optimizer.learning_rate=3e-4", "replay.prioritize_ends=true",
            "loss.overshooting.distance=3", "loss.overshooting.betas=[1, 0.5,0.25]", "compute.device=cuda:1");
        Assert.Equal(3_000_000, config.Training.EnvSteps);
        Assert.Equal(3e-4, config.Optimizer.LearningRate);
        Assert.True(config.Replay.PrioritizeEnds);
        Assert.Equal([1, 0.5, 0.25], config.Loss.Overshooting.Betas);
        Assert.Equal("cuda:1", config.Compute.Device);
    }

    [Theory]
    [InlineData("model.detr=1", "--set: there is no key model.detr; did you mean model.deter?")]
    [InlineData("deter=1", "--set: there is no key deter; did you mean model.deter?")]
    [InlineData("xyzzy=1", "--set: there is no key xyzzy; `reverie presets --keys` lists the keys")]
    [InlineData("*.detr=1", "--set: no key matches *.detr; did you mean model.deter?")]
    [InlineData("optimizer=1",
        "--set: optimizer is a section; its keys are optimizer.learning_rate, optimizer.epsilon, "
        + "optimizer.epsilon_hat, optimizer.clip_norm, optimizer.adaptive_clip, optimizer.warm_up, "
        + "optimizer.weight_decay, optimizer.kind, optimizer.decay, optimizer.anneal")]
    [InlineData("model.deter=big", "--set: model.deter = big, but it must be a whole number from 1 to 16384")]
    [InlineData("model.deter=0", "--set: model.deter = 0, but it must be a whole number from 1 to 16384")]
    [InlineData("model.deter=1.5", "--set: model.deter = 1.5, but it must be a whole number from 1 to 16384")]
    [InlineData("model.deter=[1, 2]", "--set: model.deter = [1, 2], but it must be a whole number from 1 to 16384")]
    [InlineData("model.deter=", "--set: model.deter = , but it must be a whole number from 1 to 16384")]
    [InlineData("loss.kl=nan", "--set: loss.kl = nan, but it must be a number of at least 0")]
    [InlineData("model.dynamics=gru", "--set: model.dynamics = gru, but it must be one of rssm, discrete_rssm, block_rssm, ssm, rnn, drnn")]
    [InlineData("replay.prioritize_ends=maybe", "--set: replay.prioritize_ends = maybe, but it must be true or false")]
    [InlineData("loss.overshooting.betas=[1, x]",
        "--set: loss.overshooting.betas = [1, x], but it must be a list of numbers")]
    [InlineData("planner.elites=2000",
        "--set: planner.elites: 2000 elites cannot be chosen from planner.candidates = 1000")]
    [InlineData("loss.overshooting.distance=50",
        "--set: loss.overshooting.distance: 50 steps do not fit into chunks of replay.chunk_length = 50")]
    [InlineData("loss.overshooting.betas=[1, 2]",
        "--set: loss.overshooting.betas: 2 weights for loss.overshooting.distance = 1; give one each or none")]
    [InlineData("environment.time_limit=48",
        "default: replay.chunk_length: 50 rows do not fit into episodes of environment.time_limit = 48 decisions")]
    [InlineData("model.continue=true", "--set: model.continue: only the Dreamers (agent = dreamer, dreamerv2, dreamerv3) ask where episodes end")]
    [InlineData("imagination.last=8",
        "--set: imagination.last: agent = planet imagines from every row; leave it at 0")]
    [InlineData("imagination.horizon=1",
        "--set: imagination.horizon = 1, but it must be a whole number from 2 to 1000")]
    [InlineData("compute.device=tpu", "--set: compute.device: tpu is no device; write auto, cpu, cuda or cuda:N")]
    public void AWrongOverrideIsToldInOneLine(string typed, string line) =>
        Assert.Equal(line, Assert.ThrowsAny<ReverieException>(() => Set(typed)).Message);

    [Theory]
    [InlineData("loss.overshooting.distance=3", "--set: loss.overshooting.distance: agent = dreamer has no overshooting; leave it at 1")]
    [InlineData("loss.global_prior=0.1", "--set: loss.global_prior: agent = dreamer has no such loss; leave it at 0")]
    public void WhatAnAgentDoesNotHaveIsTold(string typed, string line) =>
        Assert.Equal(line, Assert.ThrowsAny<ReverieException>(() => Set("agent=dreamer", typed)).Message);

    [Fact]
    public void AnOverrideWithoutAValueIsTold() =>
        Assert.Equal("--set model.deter: write it as key=value, for example --set model.deter=200",
            Assert.ThrowsAny<ReverieException>(() => ConfigOverride.Parse("model.deter")).Message);

    [Theory]
    [InlineData("model:\n  stoch: 30\n  detr: 200\n", ":3: there is no key model.detr; did you mean model.deter?")]
    [InlineData("\n\nreplay:\n  batch_size: many\n",
        ":4: replay.batch_size = many, but it must be a whole number from 1 to 4096")]
    [InlineData("planner:\n  elites: 2\n  candidates: 1\n",
        ":2: planner.elites: 2 elites cannot be chosen from planner.candidates = 1")]
    [InlineData("model: 3\n", ":1: model is a section; write its keys below it, indented")]
    [InlineData("- a\n- b\n", ":1: this is no configuration, which is made of lines `key: value`")]
    public void AWrongFileIsToldWithItsLine(string yaml, string end)
    {
        var file = Write(yaml);
        var error = Assert.ThrowsAny<ReverieException>(() => ConfigReader.Resolve(new ConfigSources { File = file }));
        Assert.Equal(file + end, error.Message);
    }

    [Theory]
    [InlineData("seed: 1\nmodel: [1, 2\n", ":3: this is no YAML: ")]
    [InlineData("seed: 1\nseed: 2\n", ":2: seed stands twice")]
    [InlineData("seed: 1\n---\nseed: 2\n", ":2: a second document begins; a configuration is one")]
    public void BrokenYamlIsToldWithItsLine(string yaml, string part)
    {
        var file = Write(yaml);
        var error = Assert.ThrowsAny<ReverieException>(() => ConfigReader.Resolve(new ConfigSources { File = file }));
        Assert.StartsWith(file + part, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("a: &x [1]\nb: *x\n", ":2: *x is an alias, which is not read here; ")]
    [InlineData("a: &x\n  b: *x\n", ":2: *x is an alias")]
    [InlineData("*_units: 3\n", ":1: *_units is an alias, which is not read here; write the value itself, or quotes")]
    [InlineData("a.b: 1\na:\n  b: 2\n", ":3: a.b stands twice")]
    [InlineData("a: [1, [2]]\n", ":1: a is a list of lists or sections")]
    [InlineData("? [1]\n: 2\n", ":1: a key must be a word")]
    [InlineData("seed: 1\n\tseed: 2\n", ":1: this is no YAML")]
    public void WhatNoConfigurationHasIsTold(string yaml, string part)
    {
        var file = Write(yaml);
        var error = Assert.ThrowsAny<ReverieException>(() => ConfigReader.Resolve(new ConfigSources { File = file }));
        Assert.StartsWith(file + part, error.Message);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("a:\n ")]
    [InlineData("- ")]
    public void NoDepthIsTooMuch(string opening)
    {
        var yaml = opening.Contains('\n')
            ? string.Concat(Enumerable.Range(0, 2000).Select(i => new string(' ', i) + "a:\n"))
            : string.Concat(Enumerable.Repeat(opening, 100_000));
        var file = Write(yaml);
        Assert.StartsWith(file, Assert.ThrowsAny<ReverieException>(
            () => ConfigReader.Resolve(new ConfigSources { File = file })).Message);
    }

    [Fact]
    public void ALongWordIsToldInShortAndComparedWithNothing()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.ThrowsAny<ReverieException>(() => ConfigReader.Resolve(new ConfigSources
        {
            Overrides = [new("optimizer." + new string('x', 1 << 20), "\u001b[31m1", "--set")],
        }));
        Assert.InRange(error.Message.Length, 100, 4100);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 << 20);
    }

    [Fact]
    public void WindowsFilesAreReadAlike() =>
        Assert.Equal(7, ConfigReader.Resolve(new ConfigSources
        {
            File = Write("\ufeff# words\r\nmodel:\r\n  deter: 7\r\n\r\n"),
        }).Config.Model.Deter);

    [Fact]
    public void AMissingFileIsTold() =>
        Assert.Equal("nowhere.yaml: there is no such file", Assert.ThrowsAny<ReverieException>(
            () => ConfigReader.Resolve(new ConfigSources { File = "nowhere.yaml" })).Message);

    [Fact]
    public void AnUnknownPresetIsToldWithTheNearest() =>
        Assert.Equal("there is no preset smal; did you mean small?",
            Assert.ThrowsAny<ReverieException>(() => Presets.Stack("planet,smal")).Message);

    private static Config Preset(params string[] names) =>
        ConfigReader.Resolve(new ConfigSources { Presets = names }).Config;

    private static Config Set(params string[] typed) => ConfigReader.Resolve(
        new ConfigSources { Overrides = [.. typed.Select(ConfigOverride.Parse)] }).Config;

    private static string ValueOf(string preset, string key) =>
        Presets.Text(preset).Split('\n')[LineOf(preset, key) - 1].Split(':', '#')[1].Trim();

    private static int LineOf(string preset, string key) =>
        1 + Array.FindIndex(Presets.Text(preset).Split('\n'), line => line.Contains(key + ":"));

    private string Write(string yaml)
    {
        var path = Path.Combine(folder, "mine.yaml");
        File.WriteAllText(path, yaml);
        return path;
    }
}
