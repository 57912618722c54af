using System.Diagnostics;

namespace Reverie.Tests.Setup;

/// <summary>How CMake builds against the libtorchs there are; they are made up, so it only configures.</summary>
public sealed class NativeConfigurationTests : IDisposable
{
    private readonly SetupSandbox machine = new();
    private readonly string torch;

    public NativeConfigurationTests()
    {
        torch = machine.Libtorch("torch", 2, 10);
        foreach (var library in (string[])["torch", "c10"])
            machine.Write($"torch/lib/lib{library}.so", "");
    }

    public void Dispose() => machine.Dispose();

    [Fact]
    public void APlainLibtorch()
    {
        var made = Configure();
        Assert.Contains("-std=gnu++17", made);
        Assert.Contains($"-L{torch}/lib ", made);
        Assert.Contains("-ltorch -ltorch_cpu -lc10", made);
        Assert.DoesNotContain("_GLIBCXX_USE_CXX11_ABI", made);
        Assert.DoesNotContain("torch_cuda", made);
    }

    [Fact]
    public void HeadersThatAskForALaterLanguage()
    {
        machine.Write("torch/include/ATen/ATen.h", "#error C++20 or later compatible compiler is required\n");
        Assert.Contains("-std=gnu++20", Configure());
    }

    [Fact]
    public void AWheelWithTheOldLayoutOfStrings()
    {
        machine.Write("torch/share/cmake/Torch/TorchConfig.cmake",
            "  set(TORCH_CXX_FLAGS \"-D_GLIBCXX_USE_CXX11_ABI=0\")\n");
        Assert.Contains("-D_GLIBCXX_USE_CXX11_ABI=0", Configure());
    }

    [Fact]
    public void TheCudaPartIsKeptByTheLinker()
    {
        machine.Write("torch/lib/libtorch_cuda.so", "");
        machine.Write("torch/lib/libc10_cuda.so", "");
        Assert.Contains("-Wl,--no-as-needed -ltorch_cuda -lc10_cuda -Wl,--as-needed", Configure());
    }

    /// <summary>Configures the native part; returns its compiler flags and its linker's command.</summary>
    private string Configure()
    {
        var folder = Path.Combine(machine.Root, "made");
        var start = new ProcessStartInfo("cmake",
        [
            "-G", "Unix Makefiles", "-S", Path.Combine(SetupSandbox.Checkout, "native"), "-B", folder,
            $"-DTORCH_ROOT={torch}",
        ])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        var target = Path.Combine(folder, "CMakeFiles", "reverie_torch.dir");
        return File.ReadAllText(Path.Combine(target, "flags.make"))
            + File.ReadAllText(Path.Combine(target, "link.txt"));
    }
}
