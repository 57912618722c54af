namespace Reverie.Tests.Setup;

/// <summary>
/// The start of an unpacked archive: which libtorch it takes, and how it builds against it. The scripts are the real
/// ones; compiler, python and .NET are made up.
/// </summary>
public sealed class PackedLauncherTests : IDisposable
{
    private const string Binding = "libreverie_torch.so";

    private readonly SetupSandbox machine = new();

    public PackedLauncherTests()
    {
        string[] scripts = ["scripts/packed/reverie", "scripts/packed/packed.sh", "scripts/setup.sh"];
        string[] places = ["packed/reverie", "packed/scripts/packed.sh", "packed/scripts/setup.sh"];
        Directory.CreateDirectory(At("packed/scripts"));
        Directory.CreateDirectory(At("packed/native"));
        foreach (var (script, place) in scripts.Zip(places))
            File.Copy(Path.Combine(SetupSandbox.Checkout, script), At(place));
        // Whether this machine has a libtorch of its own must not matter.
        File.AppendAllText(At("packed/scripts/packed.sh"), "system_includes=(\"$SANDBOX/system\")\n");
        File.Copy(Path.Combine(SetupSandbox.Checkout, "native/CMakeLists.txt"), At("packed/native/CMakeLists.txt"));
        machine.Write("packed/program/reverie-cli.dll", "");
        machine.Tool("host", "echo \"ran ${*:2} in $PWD with ${REVERIE_NATIVE:-no native part}\"");
        Directory.CreateDirectory(At("packed/dotnet"));
        File.CreateSymbolicLink(At("packed/dotnet/dotnet"), At("tools/host"));
        machine.Tool("g++", """
            echo "$*" >>"$SANDBOX/compiler.log"
            while (($#)); do [[ $1 != -o ]] || touch "$2"; shift; done
            """);
        foreach (var absent in (string[])["dotnet", "cmake", "apt-get", "dpkg-query"])
            machine.Remove(absent);
    }

    public void Dispose() => machine.Dispose();

    [Fact]
    public void ItTakesTheTorchOfPythonAndBuildsOnce()
    {
        var torch = Python();
        var result = Run("doctor");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith($"reverie: building the native part against {torch} ", Assert.Single(result.Errors));
        var native = Built(result);
        Assert.StartsWith(At("packed/build/torch-"), native);
        Assert.True(File.Exists(Path.Combine(native, Binding)));
        Assert.Empty(Directory.GetDirectories(Path.GetDirectoryName(native)!, "objects*"));
        Assert.Contains($"-L{torch}/lib -Wl,-rpath,{torch}/lib -ltorch -ltorch_cpu -lc10", Link);

        var calls = machine.Lines("compiler.log").Length;
        Assert.Empty(Run("doctor").Errors);
        Assert.Equal(calls, machine.Lines("compiler.log").Length);
    }

    [Fact]
    public void ItCompilesWhatTheOtherBuildCompiles()
    {
        Python();
        Run("doctor");
        string[] Names(string pattern) => [.. Directory
            .GetFiles(Path.Combine(SetupSandbox.Checkout, "native"), pattern).Select(path => Path.GetFileName(path)!)];
        string[] compiled = [.. machine.Lines("compiler.log").Where(line => line.Contains(" -c native/"))
            .Select(line => line.Split(" -c native/")[1].Split(' ')[0]).Order(StringComparer.Ordinal)];
        Assert.Equal(
            Names("torch_*.cpp").Concat(Names("amx_*.cpp")).Concat(Names("vector_*.cpp")).Order(StringComparer.Ordinal),
            compiled);
    }

    [Fact]
    public void AnOptionGoesBeforeTheVariableAndThatBeforePython()
    {
        Python();
        var (named, set) = (machine.Libtorch("named", 2, 6), machine.Libtorch("set", 2, 4));
        machine.Set("REVERIE_TORCH", set);
        Assert.Contains($"against {set} ", Assert.Single(Run("doctor").Errors));
        Assert.Contains($"against {named} ", Assert.Single(Run("--torch", named, "doctor").Errors));

        machine.Set("REVERIE_TORCH", "");
        var kept = Run("doctor");
        Assert.Empty(kept.Errors);
        Assert.Contains($"-L{named}/lib ", Link);
        Assert.Equal(2, Directory.GetDirectories(At("packed/build"), "torch-*").Length);
    }

    [Fact]
    public void TheSystemsLibtorchComesLast()
    {
        machine.Write("system/ATen/ATen.h", "");
        var result = Run("doctor");
        Assert.Contains("against the installed libtorch ", Assert.Single(result.Errors));
        Assert.Contains(" -ltorch -ltorch_cpu -lc10", Link);
        Assert.DoesNotContain(" -L", Link);
    }

    [Fact]
    public void NoLibtorchAtAll() =>
        Fails("no libtorch on this machine: python3 has no torch, the system no libtorch; load the cluster's PyTorch");

    [Fact]
    public void NoCompiler()
    {
        Python();
        machine.Remove("g++");
        Fails("a C++ compiler is needed once, to build the native part, and there is none: load the cluster's gcc");
    }

    [Fact]
    public void ASourceThatDoesNotCompile()
    {
        Python();
        machine.Tool("g++", "echo 'torch_binding.cpp:3:1: error: what is this'; exit 1");
        var result = Run("doctor");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("compiling the native part failed: torch_binding.cpp:3:1: error: what is this; log: ",
            result.Errors[^1]);
        Assert.Empty(Directory.GetFiles(At("packed/build"), Binding, SearchOption.AllDirectories));
        Assert.Equal(1, Run("doctor").ExitCode);
    }

    [Fact]
    public void AFolderThatCannotBeWrittenLeavesTheBuildToTheUsersCache()
    {
        Python();
        machine.Write("packed/build", "a file where a folder should be");
        var result = Run("doctor");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith(At("home/.cache/reverie/"), Built(result));
        Assert.Empty(Run("doctor").Errors);
    }

    [Fact]
    public void TheCudaPartIsKeptByTheLinker()
    {
        var torch = Python();
        File.WriteAllText(torch + "/lib/libtorch_cuda.so", "");
        File.WriteAllText(torch + "/lib/libc10_cuda.so", "");
        Run("doctor");
        Assert.EndsWith("-Wl,--no-as-needed -ltorch_cuda -lc10_cuda -Wl,--as-needed", Link);
    }

    [Theory]
    [InlineData("tasks")]
    [InlineData("--version")]
    [InlineData("train", "--help")]
    [InlineData]
    public void WhatNeedsNoTensorNeedsNoLibtorch(params string[] arguments)
    {
        var result = Run(arguments);
        Assert.Equal((0, 0), (result.ExitCode, result.Errors.Length));
        Assert.EndsWith("in / with no native part", Assert.Single(result.Output));
        Assert.Empty(machine.Lines("compiler.log"));
    }

    private string Link => machine.Lines("compiler.log").Last(line => line.Contains(" -shared "));

    private string At(string path) => Path.Combine(machine.Root, path);

    private string Python()
    {
        var torch = machine.Libtorch("wheel/torch", 2, 6);
        machine.Tool("python3", $"echo {torch}");
        return torch;
    }

    private SetupResult Run(params string[] arguments) => machine.Run("packed/reverie", arguments);

    private static string Built(SetupResult result) => Assert.Single(result.Output).Split(" with ")[1];

    private void Fails(string expected)
    {
        var result = Run("doctor");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(expected, Assert.Single(result.Errors));
    }
}
