namespace Reverie.Tests.Setup;

public sealed class TorchChoiceTests : IDisposable
{
    private readonly SetupSandbox machine = new();

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("/share/cmake")]
    [InlineData("/share/cmake/Torch")]
    public void AFolderIsBuiltAgainstAndRemembered(string below)
    {
        var folder = machine.Libtorch("opt/torch", 2, 6);
        Directory.CreateDirectory(folder + "/share/cmake/Torch");

        var result = machine.Run("reverie", "--torch", folder + below, "tasks");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("ran tasks in", Assert.Single(result.Output));
        Assert.EndsWith($"-DTORCH_ROOT={folder}", machine.Lines("cmake.log")[0]);
        Assert.DoesNotContain("libtorch-dev", machine.Lines("installed"));
        Assert.Empty(machine.Run("reverie", "tasks").Errors);

        Assert.Equal(0, machine.Run("reverie", "--torch=system").ExitCode);
        Assert.EndsWith("-DTORCH_ROOT=", machine.Lines("cmake.log")[2]);
        Assert.Contains("libtorch-dev", machine.Lines("installed"));
    }

    [Fact]
    public void TheVariableIsTheOption()
    {
        var folder = machine.Libtorch("site-packages/torch", 2, 6);
        machine.Set("LIBTORCH", Path.GetDirectoryName(folder)!);
        Assert.Equal(0, machine.Run("reverie").ExitCode);
        Assert.EndsWith($"-DTORCH_ROOT={folder}", machine.Lines("cmake.log")[0]);
    }

    [Fact]
    public void PipAsksPythonForTheWheel()
    {
        var folder = machine.Libtorch("wheel/torch", 2, 6);
        Directory.CreateDirectory(folder + "/share/cmake");
        machine.Tool("python3", $"echo {folder}/share/cmake");
        Assert.Equal(0, machine.Run("reverie", "--torch", "pip").ExitCode);
        Assert.EndsWith($"-DTORCH_ROOT={folder}", machine.Lines("cmake.log")[0]);
    }

    [Fact]
    public void PipWithoutAWheel()
    {
        machine.Tool("python3", "echo \"No module named 'torch'\" >&2; exit 1");
        Fails("--torch pip: python3 has no torch; pip install torch", "--torch", "pip");
    }

    [Fact]
    public void AFolderWithoutLibtorch() =>
        Fails("no libtorch in /nowhere/at/all (no include/ATen/ATen.h)", "--torch", "/nowhere/at/all");

    [Fact]
    public void ALibtorchThatIsTooOld() =>
        Fails("is 1.8; 1.13 or newer is needed", "--torch", machine.Libtorch("old", 1, 8));

    [Fact]
    public void AStaticLibtorch()
    {
        var folder = machine.Libtorch("static", 2, 6);
        File.Delete(folder + "/lib/libtorch_cpu.so");
        Fails("has no lib/libtorch_cpu.so", "--torch", folder);
    }

    [Fact]
    public void AnOptionWithoutItsValue() => Fails("--torch needs a folder of libtorch", "tasks", "--torch");

    private void Fails(string expected, params string[] arguments)
    {
        var result = machine.Run("reverie", arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(expected, Assert.Single(result.Errors));
        Assert.Empty(machine.Lines("apt.log"));
    }
}
