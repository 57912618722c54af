using Reverie.Configuration;
using Reverie.Runs;
using Reverie.Tests.Cli;
using Reverie.Tests.Fakes;
using Reverie.Torch;

namespace Reverie.Tests.Training;

/// <summary><c>compute.kernels</c>: whose kernels compute, and with which instructions.</summary>
public sealed class KernelLevelTests : IDisposable
{
    private readonly bool own = Reverie.Torch.Torch.OwnKernels;
    private readonly InstructionSet level = Reverie.Torch.Torch.OwnLevel;
    private readonly int threads = Reverie.Torch.Torch.Threads;

    public static TheoryData<string> Levels =>
        [.. Processor.Levels.Where(one => one <= Processor.InForce).Select(Processor.NameOf)];

    public void Dispose()
    {
        Reverie.Torch.Torch.Threads = threads;
        (Reverie.Torch.Torch.OwnKernels, Reverie.Torch.Torch.OwnLevel) = (own, level);
    }

    [Theory, MemberData(nameof(Levels))]
    public void EveryLevelThatTheProcessorHasCanBeAskedFor(string word)
    {
        var asked = Processor.Named(word)!.Value;
        var compute = Compute.Prepare(new ComputeConfig { Kernels = word, Device = "cpu", Threads = 1 });
        Assert.Equal((true, asked), (Reverie.Torch.Torch.OwnKernels, Reverie.Torch.Torch.OwnLevel));
        Assert.Equal(asked >= InstructionSet.Avx512BFloat16 ? DType.BFloat16 : DType.Float32, compute.Precision);
        Compute.Prepare(new ComputeConfig { Kernels = "libtorch", Device = "cpu", Threads = 1 });
        Assert.Equal((false, Processor.InForce), (Reverie.Torch.Torch.OwnKernels, Reverie.Torch.Torch.OwnLevel));
        Compute.Prepare(new ComputeConfig { Device = "cpu", Threads = 1 });
        Assert.Equal((true, Processor.InForce), (Reverie.Torch.Torch.OwnKernels, Reverie.Torch.Torch.OwnLevel));
    }

    [Theory]
    [InlineData("amx", InstructionSet.Avx512BFloat16, InstructionSet.Avx512BFloat16, "compute.kernels is amx, but this "
        + "processor has no more than avx512_bf16; set it to that or less, or to own")]
    [InlineData("avx512", InstructionSet.Avx2, InstructionSet.Amx, "compute.kernels is avx512, but REVERIE_ISA is avx2; "
        + "set it to that or less, or to own")]
    [InlineData("avx2", InstructionSet.Baseline, InstructionSet.Baseline, "compute.kernels is avx2, but this processor has "
        + "no more than baseline; set it to own")]
    public void ALevelThatIsNotThereIsRefused(string word, InstructionSet inForce, InstructionSet has, string line)
    {
        Assert.Equal(line,
            Assert.Throws<ConfigurationException>(() => Compute.LevelOf(word, inForce, has)).Message);
        Assert.Equal(inForce, Compute.LevelOf("own", inForce, has));
        Assert.Equal(inForce, Compute.LevelOf("libtorch", inForce, has));
    }

    [Fact]
    public void AWordThatIsNoLevelIsRefused() => Assert.Equal(
        "--set: compute.kernels = avx, but it must be one of own, libtorch, avx2, avx512, avx512_bf16, amx",
        Assert.Throws<ConfigurationException>(() => TinyRun.Configuration("compute.kernels=avx")).Message);

    /// <summary>By a process that may use AVX2 alone, since every level may be here.</summary>
    [Fact]
    public void ARunOfALevelThatIsNotThereLeavesNothingBehind()
    {
        if (Processor.Has < InstructionSet.Avx2) return;
        using var folder = new TemporaryDirectory();
        using var process = CliProcess.StartWith(CliProcess.Assembly, (Processor.Variable, "avx2"), "train", "--preset",
            "planet,tiny,debug", "--run", folder["run"], "--set", "compute.kernels=avx512");
        var (code, output, error) = process.Wait();
        Assert.Equal((1, "reverie: compute.kernels is avx512, but REVERIE_ISA is avx2; set it to that or less, or to own"),
            (code, error));
        Assert.False(Directory.Exists(folder["run"]), output);
    }

    /// <summary>What was learned elsewhere can be looked at here.</summary>
    [Fact]
    public void LookingTakesWhatThisMachineHas()
    {
        var most = Processor.NameOf(Processor.InForce);
        Assert.Equal("libtorch", Compute.Here(new ComputeConfig { Kernels = "libtorch" }).Kernels);
        Assert.Equal(Processor.InForce == InstructionSet.Baseline ? "own" : most,
            Compute.Here(new ComputeConfig { Kernels = Processor.InForce == InstructionSet.Baseline ? "avx2" : most }).Kernels);
        Assert.Equal(Processor.InForce == InstructionSet.Amx ? "amx" : "own",
            Compute.Here(new ComputeConfig { Kernels = "amx" }).Kernels);
    }

    [Fact]
    public void ARunThatGoesOnWithOtherKernelsSaysSo()
    {
        if (Processor.InForce < InstructionSet.Avx2) return;
        BarEnvironment.Register();
        using var folder = new TemporaryDirectory();
        string[] set = ["training.evaluate_every=0", "compute.precision=fp32"];
        TinyRun.Complete(folder["run"], [.. set, "training.env_steps=30"]);
        var lines = TinyRun.Complete(folder["run"], [.. set, "training.env_steps=60", "compute.kernels=avx2"]);
        Assert.Contains(lines, line => line.StartsWith("goes on with kernels avx2 (before: own): from here on numbers may "));
        lines = TinyRun.Complete(folder["run"], [.. set, "training.env_steps=90", "compute.kernels=avx2"]);
        Assert.DoesNotContain(lines, line => line.StartsWith("goes on with"));
        lines = TinyRun.Complete(folder["run"], [.. set, "training.env_steps=120", "compute.kernels=libtorch"]);
        Assert.Contains(lines, line => line.StartsWith("goes on with kernels libtorch (before: avx2): "));
    }
}
