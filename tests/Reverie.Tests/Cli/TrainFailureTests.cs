using Reverie.Tests.Fakes;
using Reverie.Tests.Training;
using Reverie.Torch.IO;

namespace Reverie.Tests.Cli;

/// <summary>What a machine can refuse: one line, another exit code than 0, and nothing lost.</summary>
public sealed class TrainFailureTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ALearningRateFarTooLargeStopsByName()
    {
        string[] reckless =
        [
            .. Command, "--set", "optimizer.learning_rate=1", "--set", "optimizer.clip_norm=1e30",
            "--set", "compute.precision=fp32", "--set", "training.checkpoint_every=1",
            "--set", "training.updates_per_episode=20",
        ];
        var line = Mistake(await Typed.Run(reckless));
        Assert.Matches(@"^reverie: (the loss )?'\w+' is (NaN|-?Infinity) at update \d+, where rewards go from .*; "
            + @"the batch is kept in .*npz, the checkpoint of update \d+ is untouched; ", line);
        var failed = int.Parse(line.Split("at update ")[1].Split(',')[0]);
        Assert.Equal(failed - 1, int.Parse(Path.GetFileName(RunContent.Newest(Run))));
        var batch = Npz.Read(Path.Combine(Run, "failure", $"batch-{failed:D9}.npz"));
        Assert.Equal([8, 2, 64, 64, 3], batch["image"].Shape);
        // What is kept can be used: the failure did not write itself into the parameters.
        var (code, _, error) = await Typed.Run(["eval", Run, "--episodes", "1"]);
        Assert.True(code == 0, error);
    }

    [Fact]
    public async Task AnEnvironmentThatCrashesAgainAndAgainIsOneLineAndACheckpoint()
    {
        BarEnvironment.Register();
        BarEnvironment.Fault = (_, _) => throw new InvalidOperationException("the simulator exploded");
        var command = Command.Select(word => word == "cartpole_swingup" ? BarEnvironment.Task : word);
        var result = await Typed.Run([.. command, "--set", "environment.count=2"]);
        BarEnvironment.Register();
        Assert.Equal("reverie: environment 1 of 2 crashed 3 times without finishing an episode, at last at decision 1: "
            + "environment test_bar threw InvalidOperationException at step 1: the simulator exploded", Mistake(result));
        Assert.Equal(2, result.Error.Split('\n').Count(line => line.StartsWith("environment 1 of 2 crashed")));
        Assert.Equal("000000000", Path.GetFileName(RunContent.Newest(Run)));
    }

    [Fact]
    public void AFullDiskIsOneLineAndEarlierCheckpointsStay()
    {
        using (var shorter = CliProcess.Start([.. Command, "--env-steps", "480"]))
            Assert.Equal(0, shorter.Wait().Code);
        var newest = RunContent.Newest(Run);
        var before = RunContent.Of(Run);
        var blocks = new FileInfo(Path.Combine(newest, "optimizer.safetensors")).Length / 1024 - 1;
        // A limit on the size of files, whose signal is ignored, makes writes fail in the middle, as a full disk does.
        var limit = $"export DOTNET_EnableWriteXorExecute=0; trap '' XFSZ; ulimit -f {blocks}";
        using var starved = CliProcess.StartAfter(limit, [.. Command, "--env-steps", "640"]);
        var line = Mistake(starved.Wait());
        Assert.StartsWith("reverie: checkpoint not written: ", line);
        Assert.Contains("the limit of the size of files is reached", line);
        Assert.EndsWith("earlier checkpoints are untouched", line);
        Assert.Equal(newest, RunContent.Newest(Run));
        Assert.Equal(before["model.safetensors"], RunContent.Of(Run)["model.safetensors"]);
        Assert.Equal(before["optimizer.safetensors"], RunContent.Of(Run)["optimizer.safetensors"]);
        using var again = CliProcess.Start([.. Command, "--env-steps", "640"]);
        Assert.Equal(0, again.Wait().Code);
        Assert.NotEqual(newest, RunContent.Newest(Run));
    }

    [Fact]
    public void TwoProcessesOnOneRunAreRefused()
    {
        using var first = CliProcess.Start([.. Command, "--env-steps", "100000"]);
        while (!Directory.Exists(Path.Combine(Run, "episodes")) && !first.HasExited)
            Thread.Sleep(5);
        using var second = CliProcess.Start([.. Command, "--env-steps", "100000"]);
        Assert.Equal($"reverie: {Run}: another process works on this run; wait for it, or choose another --run",
            Mistake(second.Wait()));
        Assert.False(first.HasExited);
        first.Kill();
    }

    [Fact]
    public void WithoutOpenGlOneLineSaysSo()
    {
        foreach (var name in (string[])["libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so", "libEGL.so.1"])
            File.WriteAllBytes(folder[name], []);
        using var process = CliProcess.StartWith(CliProcess.Assembly, ("LD_LIBRARY_PATH", folder.Path), Command);
        var mistake = Mistake(process.Wait());
        Assert.Contains("OSMesa is not installed", mistake);
        Assert.Contains("EGL is not installed", mistake);
    }

    [Fact]
    public void WithoutTheNativePartOneLineSaysSo()
    {
        // Outside of the checkout, whose own build would be found.
        Directory.CreateDirectory(folder["program"]);
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory))
            File.Copy(file, Path.Combine(folder["program"], Path.GetFileName(file)));
        using var process = CliProcess.StartWith(
            Path.Combine(folder["program"], "reverie-cli.dll"), ("REVERIE_NATIVE", folder["empty"]), Command);
        Assert.StartsWith("reverie: the native part libreverie_", Mistake(process.Wait()));
    }

    [Fact]
    public async Task ADeviceThatIsNotHereIsOneLine()
    {
        if (Reverie.Torch.Device.CudaCount > 0)
            return;    // then it is here
        Assert.Contains("cuda", Mistake(await Typed.Run([.. Command, "--device", "cuda"])));
        Assert.False(Directory.Exists(Run));
    }

    [Fact]
    public async Task AFolderThatCannotBeWrittenIsOneLine()
    {
        File.WriteAllText(Run, "in the way");
        Assert.StartsWith($"reverie: {Run}: the run directory cannot be written: ", Mistake(await Typed.Run(Command)));
    }

    [Theory]
    [InlineData("model: {deter: [", "config.yaml")]
    [InlineData("model:\n  deter: many\n", "config.yaml:2: model.deter = many")]
    [InlineData("seed: 3\n", "the run was made by another version of Reverie")]
    public async Task ARunWhoseConfigurationCannotBeReadIsOneLine(string yaml, string text)
    {
        Directory.CreateDirectory(Run);
        File.WriteAllText(Path.Combine(Run, "config.yaml"), yaml);
        File.WriteAllText(Path.Combine(Run, "run.json"), "{\"version\": 1}");
        foreach (var command in (string[][])[["train", "--run", Run, "--task", "cartpole_swingup"], ["eval", Run]])
            Assert.Contains(text, Mistake(await Typed.Run(command)));
    }

    [Fact]
    public async Task NoWholeCheckpointIsOneLine()
    {
        Assert.Equal(0, (await Typed.Run(Command)).Code);
        foreach (var state in Directory.GetFiles(Run, "state.json", SearchOption.AllDirectories))
            File.WriteAllText(state, "{");
        foreach (var command in (string[][])[Command, ["eval", Run], ["dream", Run]])
        {
            var (code, _, error) = await Typed.Run(command);
            Assert.Equal(1, code);
            var lines = error.TrimEnd().Split('\n');
            var mistake = Assert.Single(lines, line => line.StartsWith("reverie: "));
            Assert.Contains("none of 2 checkpoint(s) can be read", mistake);
            Assert.All(lines[..^1], note => Assert.Contains("damaged (", note));
        }
    }

    private string[] Command =>
    [
        "train", "--task", "cartpole_swingup", "--preset", "planet,tiny,debug", "--run", Run,
        "--set", "model.cnn_depth=2", "--set", "planner.candidates=8",
    ];

    // The last line is the mistake; what stands above it are notes, never a stack.
    private static string Mistake((int Code, string Output, string Error) result)
    {
        Assert.True(result.Code == 1, $"{result.Code}\n{result.Output}\n{result.Error}");
        Assert.DoesNotContain("   at ", result.Error);
        Assert.DoesNotContain("Unhandled", result.Error);
        var lines = result.Error.TrimEnd().Split('\n');
        Assert.StartsWith("reverie: ", lines[^1]);
        Assert.Single(lines, line => line.StartsWith("reverie: "));
        return lines[^1].TrimEnd();
    }
}
