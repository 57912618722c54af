namespace Reverie.Tests.Setup;

public sealed class TorchChoiceTests : IDisposable
{
    private readonly SetupSandbox _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("/share/cmake")]
    [InlineData("/share/cmake/Torch")]
    public void A_folder_is_built_against_and_remembered(string below)
    {
        var folder = _machine.Libtorch("opt/torch", 2, 6);
        Directory.CreateDirectory(folder + "/share/cmake/Torch");

        var result = _machine.Run("reverie", "--torch", folder + below, "tasks");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("ran tasks in", Assert.Single(result.Output));
        Assert.EndsWith($"-DTORCH_ROOT={folder}", _machine.Lines("cmake.log")[0]);
        Assert.DoesNotContain("libtorch-dev", _machine.Lines("installed"));
        Assert.Empty(_machine.Run("reverie", "tasks").Errors);

        Assert.Equal(0, _machine.Run("reverie", "--torch=system").ExitCode);
        Assert.EndsWith("-DTORCH_ROOT=", _machine.Lines("cmake.log")[2]);
        Assert.Contains("libtorch-dev", _machine.Lines("installed"));
    }

    [Fact]
    public void The_variable_is_the_option()
    {
        var folder = _machine.Libtorch("site-packages/torch", 2, 6);
        _machine.Set("LIBTORCH", Path.GetDirectoryName(folder)!);
        Assert.Equal(0, _machine.Run("reverie").ExitCode);
        Assert.EndsWith($"-DTORCH_ROOT={folder}", _machine.Lines("cmake.log")[0]);
    }

    [Fact]
    public void Pip_asks_python_for_the_wheel()
    {
        var folder = _machine.Libtorch("wheel/torch", 2, 6);
        Directory.CreateDirectory(folder + "/share/cmake");
        _machine.Tool("python3", $"echo {folder}/share/cmake");
        Assert.Equal(0, _machine.Run("reverie", "--torch", "pip").ExitCode);
        Assert.EndsWith($"-DTORCH_ROOT={folder}", _machine.Lines("cmake.log")[0]);
    }

    [Fact]
    public void Pip_without_a_wheel()
    {
        _machine.Tool("python3", "echo \"No module named 'torch'\" >&2; exit 1");
        Fails("--torch pip: python3 has no torch; pip install torch", "--torch", "pip");
    }

    [Fact]
    public void A_folder_without_libtorch() =>
        Fails("no libtorch in /nowhere/at/all (no include/ATen/ATen.h)", "--torch", "/nowhere/at/all");

    [Fact]
    public void A_libtorch_that_is_too_old() =>
        Fails("is 1.8; 1.13 or newer is needed", "--torch", _machine.Libtorch("old", 1, 8));

    [Fact]
    public void A_static_libtorch()
    {
        var folder = _machine.Libtorch("static", 2, 6);
        File.Delete(folder + "/lib/libtorch_cpu.so");
        Fails("has no lib/libtorch_cpu.so", "--torch", folder);
    }

    [Fact]
    public void An_option_without_its_value() => Fails("--torch needs a folder of libtorch", "tasks", "--torch");

    private void Fails(string expected, params string[] arguments)
    {
        var result = _machine.Run("reverie", arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(expected, Assert.Single(result.Errors));
        Assert.Empty(_machine.Lines("apt.log"));
    }
}
