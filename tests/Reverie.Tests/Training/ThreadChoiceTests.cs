using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary><c>compute.threads=auto</c>: one thread for small work, all cores for more.</summary>
public sealed class ThreadChoiceTests : IDisposable
{
    private readonly int threads = Reverie.Torch.Torch.Threads;

    public void Dispose() => Reverie.Torch.Torch.Threads = threads;

    [Fact]
    public void AutoIsAWordBesideTheNumbers()
    {
        var setting = Settings.All.Single(one => one.Key == "compute.threads");
        Assert.Equal("auto, or a whole number from 0 to 1024", setting.Allowed);
        string[] typed = ["compute.threads=auto", "seed=1", "compute.threads=0", "compute.threads=3"];
        Assert.Equal(["auto", "auto", "0", "3"],
            typed.Select(word => setting.Format(setting.Get(TinyRun.Configuration(word).Config))));
        Assert.Equal("--set: compute.threads = -1, but it must be auto, or a whole number from 0 to 1024",
            Assert.Throws<ConfigurationException>(() => TinyRun.Configuration("compute.threads=-1")).Message);
        Assert.Equal("--set: seed = auto, but it must be a whole number from 0 to 2147483647",
            Assert.Throws<ConfigurationException>(() => TinyRun.Configuration("seed=auto")).Message);
    }

    /// <summary>A configuration that is written and read again has the word.</summary>
    [Fact]
    public void TheWordIsWrittenAndRead()
    {
        using var folder = new TemporaryDirectory();
        var config = TinyRun.Configuration();
        var path = Path.Combine(folder.Path, "config.yaml");
        File.WriteAllText(path, config.ToYaml());
        Assert.Contains("threads: auto", File.ReadAllText(path));
        Assert.Equal(ComputeConfig.AutoThreads, ConfigReader.ReadResolved(path).Compute.Threads);
    }

    /// <summary>Presets from pictures on two cores; gigaflop by hand from docs/performance.md's rates: planet,small 11,
    /// dreamer,small 57, dreamerv3,small 54, planet,paper 600.</summary>
    [Theory]
    [InlineData("planet,debug,tiny", 1)]
    [InlineData("planet,small", 2)]
    [InlineData("planet,paper", 2)]
    [InlineData("dreamer,tiny", 1)]
    [InlineData("dreamer,small", 2)]
    [InlineData("dreamerv2,tiny", 1)]
    [InlineData("dreamerv2,small", 2)]
    [InlineData("dreamerv3,tiny", 1)]
    [InlineData("dreamerv3,small", 2)]
    [InlineData("world_models,small", 1)]
    public void SmallWorkGetsOneThread(string presets, int expected)
    {
        var config = ConfigReader.Resolve(new ConfigSources { Presets = Presets.Stack(presets) }).Config;
        var layout = new EpisodeLayout(new ImageSpace(), 0, 1);
        using var agent = AgentRegistry.Create(config, layout, Device.Cpu, DType.Float32);
        Assert.Equal(expected, ThreadChoice.For(ThreadChoice.Gigaflop(config, agent, layout), cores: 2));
    }

    [Fact]
    public void ARunTakesTheNumberThatItsWorkSaysAndANumberAsItStands()
    {
        BarEnvironment.Register();
        Reverie.Torch.Torch.Threads = 2;
        using (var parts = new RunParts(TinyRun.Configuration().Config, 1)) Assert.Equal(1, Reverie.Torch.Torch.Threads);
        using (var parts = new RunParts(TinyRun.Configuration("compute.threads=2").Config, 1))
            Assert.Equal(2, Reverie.Torch.Torch.Threads);
        using (var parts = new RunParts(TinyRun.Configuration("compute.threads=0").Config, 1))
            Assert.Equal(Environment.ProcessorCount, Reverie.Torch.Torch.Threads);
    }
}
