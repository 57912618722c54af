using Reverie.Configuration;

namespace Reverie.Tests.Configuration;

public sealed class ResolvedConfigTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-config").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void WhatIsWrittenIsReadBackEqual()
    {
        var resolved = Resolve("optimizer.learning_rate=0.00012345678901234567", "loss.overshooting.distance=2",
            "loss.overshooting.betas=[1, 0.1]", "compute.device=cuda:1", "task=a # 'task'",
            "training.env_steps=9000000000");
        var read = ConfigReader.ReadResolved(Write(resolved.ToYaml()));
        Assert.Equal(resolved.Config, read);
        Assert.Equal("a # 'task'", read.Task);
        Assert.Equal(9_000_000_000, read.Training.EnvSteps);
    }

    [Fact]
    public void EveryKeyIsWrittenWithItsOrigin()
    {
        var yaml = Resolve("model.deter=96").ToYaml().Split('\n');
        Assert.Contains("  deter: 96  # --set", yaml);
        Assert.Contains("  stoch: 30  # default (P App. A)", yaml);
        Assert.Contains("  overshooting:", yaml);
        Assert.Contains("    betas: []  # default (P eq. 7)", yaml);
        Assert.Equal(Settings.All.Count, yaml.Count(line => line.Contains("  # ")));
    }

    [Fact]
    public void AKeyThatIsMissingMeansAnotherVersion()
    {
        var lines = Resolve().ToYaml().Split('\n').Where(line => !line.Contains("free_nats"));
        var path = Write(string.Join('\n', lines));
        Assert.Equal($"{path}: loss.free_nats is missing; the run was made by another version of Reverie",
            Assert.ThrowsAny<ReverieException>(() => ConfigReader.ReadResolved(path)).Message);
    }

    [Fact]
    public void ARunFromBeforeAKeyDidWhatItsDefaultSays()
    {
        var lines = Resolve("environment.count=3").ToYaml().Split('\n')
            .Where(line => line.TrimStart().Split(':')[0] is not ("picture" or "grey" or "stack"));
        var path = Write(string.Join('\n', lines));
        var read = ConfigReader.ReadResolved(path).Environment;
        Assert.Equal((3, "64x64", false, 1), (read.Count, read.Picture, read.Grey, read.Stack));
    }

    [Theory]
    [InlineData("64")]
    [InlineData("64x")]
    [InlineData("0x64")]
    [InlineData("64x64x3")]
    [InlineData("-1x64")]
    [InlineData("64x100000")]
    public void ASizeOfPicturesIsWidthAndHeight(string word) => Assert.Contains(
        $"environment.picture: {word} is no size; write WIDTHxHEIGHT, such as 64x64 or 160x120, or native",
        Assert.ThrowsAny<ReverieException>(() => Resolve($"environment.picture={word}")).Message);

    [Fact]
    public void DifferencesNameTheKeys()
    {
        var (left, right) = (Resolve("seed=1").Config, Resolve("seed=2", "training.env_steps=5").Config);
        Assert.Equal(
            [new("seed", "1", "2", false), new("training.env_steps", "1000000", "5", true)],
            ConfigDifference.Between(left, right));
        Assert.Empty(ConfigDifference.Between(left, left with { }));
    }

    [Fact]
    public void ARunGoesOnWithMoreStepsButNotWithAnotherModel()
    {
        var stored = Resolve().Config;
        ConfigDifference.DemandResumable("runs/a", stored, Resolve("training.env_steps=5", "compute.threads=1").Config);
        var error = Assert.ThrowsAny<ReverieException>(
            () => ConfigDifference.DemandResumable("runs/a", stored, Resolve("model.deter=96").Config));
        Assert.Equal("runs/a: this run was started with model.deter = 200 (asked: 96); "
            + "repeat its options or choose another --run", error.Message);
    }

    private static ResolvedConfig Resolve(params string[] typed) => ConfigReader.Resolve(
        new ConfigSources { Overrides = [.. typed.Select(ConfigOverride.Parse)] });

    private string Write(string yaml)
    {
        var path = Path.Combine(folder, "config.yaml");
        File.WriteAllText(path, yaml);
        return path;
    }
}
