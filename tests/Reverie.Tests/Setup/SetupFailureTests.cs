namespace Reverie.Tests.Setup;

/// <summary>What a machine can lack: each ends with one line that names the remedy, and with exit code 1.</summary>
public sealed class SetupFailureTests : IDisposable
{
    private readonly SetupSandbox machine = new();

    public void Dispose() => machine.Dispose();

    [Fact]
    public void NoSudo()
    {
        machine.Tool("id", "echo 1000");
        Fails("and no sudo; run as root: apt-get install -y g++ cmake");
        Assert.Empty(machine.Lines("apt.log"));
    }

    [Fact]
    public void SudoThatAsksForAPasswordWhereNobodyCanGiveIt()
    {
        machine.Tool("id", "echo 1000");
        machine.Tool("sudo", "exit 1");
        Fails("sudo asks for a password; run first: sudo apt-get install -y g++ cmake");
    }

    [Fact]
    public void SudoIsUsedByThoseWhoAreNotRoot()
    {
        machine.Tool("id", "echo 1000");
        machine.Tool("sudo", "echo \"$*\" >>\"$SANDBOX/sudo.log\"; shift; exec \"$@\"");
        Assert.Equal(0, machine.Run("reverie").ExitCode);
        Assert.Contains(machine.Lines("sudo.log"), line => line.Contains("install -y --no-install-recommends g++"));
    }

    [Fact]
    public void NoApt()
    {
        machine.Remove("apt-get");
        Fails("there is no apt-get here, see docs/install.md");
    }

    [Fact]
    public void AnotherSystemWithoutACompiler()
    {
        machine.Remove("dpkg-query");
        Fails("c++ is missing and this is no Debian; see docs/install.md");
    }

    [Fact]
    public void AnotherSystemWithEverythingInstalledIsServed()
    {
        machine.Remove("dpkg-query");
        machine.Remove("apt-get");
        machine.Tool("c++", "");
        Assert.Equal(0, machine.Run("reverie").ExitCode);
    }

    [Fact]
    public void PackagesThatCannotBeHad()
    {
        machine.Tool("apt-get", "[[ $* == *' update' ]] || { echo 'E: Unable to locate package cmake'; exit 100; }");
        var line = Fails("apt-get install failed: E: Unable to locate package cmake; log: ", linesBefore: 1);
        Assert.True(File.Exists(line[(line.LastIndexOf(' ') + 1)..]));
    }

    [Fact]
    public void NoDotnet()
    {
        machine.Remove("dotnet");
        Fails("the .NET 10 SDK is missing; install it from https://");
    }

    [Fact]
    public void AnOlderSdk()
    {
        machine.Tool("dotnet", "echo '8.0.401 [/usr/share/dotnet/sdk]'");
        Fails("has no SDK 10 (it has: 8.0.401 ); install the .NET 10 SDK", linesBefore: 2);
    }

    [Fact]
    public void ANativePartThatCannotBeConfigured()
    {
        machine.Tool("cmake",
            "printf 'CMake Error at CMakeLists.txt:50 (find_library):\\n  Could not find MUJOCO\\n'\nexit 1");
        Fails("configuring the native part failed: Could not find MUJOCO; log: ", linesBefore: 2);
    }

    [Fact]
    public void ANativePartThatDoesNotCompile()
    {
        machine.Tool("cmake", "[[ $1 != --build ]] || { echo 'torch_binding.cpp:3:1: error: what is this'; exit 2; }");
        Fails("compiling the native part failed: torch_binding.cpp:3:1: error: what is this; log: ", linesBefore: 2);
        Assert.Equal(1, machine.Run("reverie").ExitCode);
    }

    [Fact]
    public void ABuildThatFailsIsNotTakenForDone()
    {
        machine.Tool("dotnet", "[[ $1 != --list-sdks ]] || { echo '10.0.100 [/x]'; exit; }\n"
            + "echo 'Program.cs(1,1): error CS1002: ; expected'; exit 1");
        Fails("the build failed: Program.cs(1,1): error CS1002: ; expected; log: ", linesBefore: 3);
        Fails("the build failed: ", linesBefore: 1);
    }

    [Fact]
    public void AFolderThatCannotBeWritten()
    {
        machine.Write("build", "a file where a folder should be");
        Fails("cannot write to " + machine.Root);
    }

    private string Fails(string expected, int linesBefore = 0)
    {
        var result = machine.Run("reverie", "doctor");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Equal(linesBefore + 1, result.Errors.Length);
        Assert.StartsWith("reverie: ", result.Errors[^1]);
        Assert.Contains(expected, result.Errors[^1]);
        return result.Errors[^1];
    }
}
