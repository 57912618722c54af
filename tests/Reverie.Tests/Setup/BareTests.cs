namespace Reverie.Tests.Setup;

/// <summary>Where no bare Debian can be made; that one works, CI shows by running these tests in it.</summary>
public sealed class BareTests : IDisposable
{
    private readonly SetupSandbox _machine = new();

    public BareTests()
    {
        foreach (var script in (string[])["scripts/bare", ".ci/run"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_machine.Root, script))!);
            File.Copy(Path.Combine(SetupSandbox.Checkout, script), Path.Combine(_machine.Root, script));
        }
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Without_root_it_says_so_with_a_code_of_its_own()
    {
        _machine.Tool("id", "echo 1000");
        var result = _machine.Run("scripts/bare", "trixie", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Equal(["bare: a Debian of its own takes root to make"], result.Errors);
    }

    [Fact]
    public void Without_a_command_it_shows_one()
    {
        var result = _machine.Run("scripts/bare", "trixie");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("scripts/bare trixie ./test", Assert.Single(result.Errors));
    }

    [Fact]
    public void A_debootstrap_that_fails_is_told_and_leaves_no_Debian()
    {
        _machine.Set("DEBIAN_MIRROR", "http://nowhere/debian");
        _machine.Tool("debootstrap", "mkdir -p \"$5\"; echo 'E: Invalid Release file'; exit 1");
        var result = _machine.Run("scripts/bare", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Equal("bare: debootstrap failed: E: Invalid Release file", result.Errors[^1]);
        Assert.False(Directory.Exists(Path.Combine(_machine.Root, "home/.cache/reverie/bare/bookworm")));
    }

    [Fact]
    public void CI_then_runs_the_tests_on_the_machine_as_it_is()
    {
        _machine.Tool("id", "echo 1000");
        File.WriteAllText(Path.Combine(_machine.Root, "test"), "#!/usr/bin/env bash\necho \"tested $*\"\nexit 3\n");
        var result = _machine.Run(".ci/run", "--filter", "X");
        Assert.Equal(3, result.ExitCode);
        Assert.Equal(["tested --filter X"], result.Output);
        Assert.Contains("ci: no bare Debian; the tests run on this machine as it is", result.Errors);
    }
}
