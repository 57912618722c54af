namespace Reverie.Tests.Setup;

/// <summary>Where no Debian with another PyTorch is or can be made.</summary>
public sealed class PeerTests : IDisposable
{
    private const string Script = "scripts/peer";

    private readonly SetupSandbox machine = new();

    public PeerTests()
    {
        Directory.CreateDirectory(Path.Combine(machine.Root, "scripts"));
        File.Copy(Path.Combine(SetupSandbox.Checkout, Script), Path.Combine(machine.Root, Script));
    }

    public void Dispose() => machine.Dispose();

    [Fact]
    public void WithoutRootItSaysSoWithACodeOfItsOwn()
    {
        machine.Tool("id", "echo 1000");
        var result = machine.Run(Script, "-c", "import torch");
        Assert.Equal(125, result.ExitCode);
        Assert.Equal(["peer: a Debian of its own takes root"], result.Errors);
    }

    [Fact]
    public void AsAPythonItMakesNothing()
    {
        machine.Tool("id", "echo 0");
        var result = machine.Run(Script, "-c", "import torch");
        Assert.Equal(125, result.ExitCode);
        Assert.Equal(["peer: there is no Debian yet: run scripts/peer once, by itself"], result.Errors);
    }

    [Fact]
    public void ADebootstrapThatFailsIsToldAndLeavesNoDebian()
    {
        machine.Tool("id", "echo 0");
        machine.Set("DEBIAN_MIRROR", "http://nowhere/debian");
        machine.Tool("debootstrap", "mkdir -p \"$4\"; echo 'E: Invalid Release file'; exit 1");
        var result = machine.Run(Script);
        Assert.Equal(125, result.ExitCode);
        Assert.Equal("peer: debootstrap failed: E: Invalid Release file", result.Errors[^1]);
        Assert.False(Directory.Exists(Path.Combine(machine.Root, "home/.cache/reverie/peer/trixie")));
    }
}
