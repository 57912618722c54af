namespace Reverie.Tests.Setup;

/// <summary>What a machine can lack: each ends with one line that names the remedy, and with exit code 1.</summary>
public sealed class SetupFailureTests : IDisposable
{
    private readonly SetupSandbox _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void No_sudo()
    {
        _machine.Tool("id", "echo 1000");
        Fails("and no sudo; run as root: apt-get install -y g++ cmake");
        Assert.Empty(_machine.Lines("apt.log"));
    }

    [Fact]
    public void Sudo_that_asks_for_a_password_where_nobody_can_give_it()
    {
        _machine.Tool("id", "echo 1000");
        _machine.Tool("sudo", "exit 1");
        Fails("sudo asks for a password; run first: sudo apt-get install -y g++ cmake");
    }

    [Fact]
    public void Sudo_is_used_by_those_who_are_not_root()
    {
        _machine.Tool("id", "echo 1000");
        _machine.Tool("sudo", "echo \"$*\" >>\"$SANDBOX/sudo.log\"; shift; exec \"$@\"");
        Assert.Equal(0, _machine.Run("reverie").ExitCode);
        Assert.Contains(_machine.Lines("sudo.log"), line => line.Contains("install -y --no-install-recommends g++"));
    }

    [Fact]
    public void No_apt()
    {
        _machine.Remove("apt-get");
        Fails("there is no apt-get here, see docs/install.md");
    }

    [Fact]
    public void Another_system_without_a_compiler()
    {
        _machine.Remove("dpkg-query");
        Fails("c++ is missing and this is no Debian; see docs/install.md");
    }

    [Fact]
    public void Another_system_with_everything_installed_is_served()
    {
        _machine.Remove("dpkg-query");
        _machine.Remove("apt-get");
        _machine.Tool("c++", "");
        Assert.Equal(0, _machine.Run("reverie").ExitCode);
    }

    [Fact]
    public void Packages_that_cannot_be_had()
    {
        _machine.Tool("apt-get", "[[ $* == *' update' ]] || { echo 'E: Unable to locate package cmake'; exit 100; }");
        var line = Fails("apt-get install failed: E: Unable to locate package cmake; log: ", linesBefore: 1);
        Assert.True(File.Exists(line[(line.LastIndexOf(' ') + 1)..]));
    }

    [Fact]
    public void No_dotnet()
    {
        _machine.Remove("dotnet");
        Fails("the .NET 10 SDK is missing; install it from https://");
    }

    [Fact]
    public void An_older_sdk()
    {
        _machine.Tool("dotnet", "echo '8.0.401 [/usr/share/dotnet/sdk]'");
        Fails("has no SDK 10 (it has: 8.0.401 ); install the .NET 10 SDK", linesBefore: 2);
    }

    [Fact]
    public void A_native_part_that_cannot_be_configured()
    {
        _machine.Tool("cmake",
            "printf 'CMake Error at CMakeLists.txt:50 (find_library):\\n  Could not find MUJOCO\\n'\nexit 1");
        Fails("configuring the native part failed: Could not find MUJOCO; log: ", linesBefore: 2);
    }

    [Fact]
    public void A_native_part_that_does_not_compile()
    {
        _machine.Tool("cmake", "[[ $1 != --build ]] || { echo 'torch_door.cpp:3:1: error: what is this'; exit 2; }");
        Fails("compiling the native part failed: torch_door.cpp:3:1: error: what is this; log: ", linesBefore: 2);
        Assert.Equal(1, _machine.Run("reverie").ExitCode);
    }

    [Fact]
    public void A_build_that_fails_is_not_taken_for_done()
    {
        _machine.Tool("dotnet", "[[ $1 != --list-sdks ]] || { echo '10.0.100 [/x]'; exit; }\n"
            + "echo 'Program.cs(1,1): error CS1002: ; expected'; exit 1");
        Fails("the build failed: Program.cs(1,1): error CS1002: ; expected; log: ", linesBefore: 3);
        Fails("the build failed: ", linesBefore: 1);
    }

    [Fact]
    public void A_folder_that_cannot_be_written()
    {
        _machine.Write("build", "a file where a folder should be");
        Fails("cannot write to " + _machine.Root);
    }

    private string Fails(string expected, int linesBefore = 0)
    {
        var result = _machine.Run("reverie", "doctor");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Equal(linesBefore + 1, result.Errors.Length);
        Assert.StartsWith("reverie: ", result.Errors[^1]);
        Assert.Contains(expected, result.Errors[^1]);
        return result.Errors[^1];
    }
}
