namespace Reverie.Tests.Setup;

/// <summary>Where no bare Debian can be made; that one works, CI shows by running these tests in it.</summary>
public sealed class BareTests : IDisposable
{
    private readonly SetupSandbox machine = new();

    public BareTests()
    {
        foreach (var script in (string[])["scripts/bare", ".ci/run"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(machine.Root, script))!);
            File.Copy(Path.Combine(SetupSandbox.Checkout, script), Path.Combine(machine.Root, script));
        }
    }

    public void Dispose() => machine.Dispose();

    [Fact]
    public void WithoutRootItSaysSoWithACodeOfItsOwn()
    {
        machine.Tool("id", "echo 1000");
        var result = machine.Run("scripts/bare", "trixie", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Equal(["bare: a Debian of its own takes root to make"], result.Errors);
    }

    [Fact]
    public void WithoutACommandItShowsOne()
    {
        var result = machine.Run("scripts/bare", "trixie");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("scripts/bare trixie ./test", Assert.Single(result.Errors));
    }

    [Fact]
    public void ADebootstrapThatFailsIsToldAndLeavesNoDebian()
    {
        machine.Set("DEBIAN_MIRROR", "http://nowhere/debian");
        machine.Tool("debootstrap", "mkdir -p \"$5\"; echo 'E: Invalid Release file'; exit 1");
        var result = machine.Run("scripts/bare", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Equal("bare: debootstrap failed: E: Invalid Release file", result.Errors[^1]);
        Assert.False(Directory.Exists(Path.Combine(machine.Root, "home/.cache/reverie/bare/bookworm")));
    }

    [Fact]
    public void CIThenRunsTheTestsOnTheMachineAsItIs()
    {
        machine.Tool("id", "echo 1000");
        File.WriteAllText(Path.Combine(machine.Root, "test"), "#!/usr/bin/env bash\necho \"tested $*\"\nexit 3\n");
        var result = machine.Run(".ci/run", "--filter", "X");
        Assert.Equal(3, result.ExitCode);
        Assert.Equal(["tested --filter X"], result.Output);
        Assert.Contains("ci: no bare Debian; the tests run on this machine as it is", result.Errors);
    }
}
