using System.Diagnostics;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Setup;

/// <summary>The version that a build writes into the program: the commit, and whether what was built has changes that
/// no commit holds.</summary>
public sealed class VersionTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A stand-in for git says what it is asked to say.</summary>
    [Theory]
    [InlineData("exit 0", "0.1.0+" + Commit)]
    [InlineData("echo ' M src/Some.cs'", "0.1.0+" + Commit + "+changes")]
    [InlineData("echo 'fatal: detected dubious ownership' >&2; exit 128", "0.1.0+" + Commit + "+changes")]
    public void ChangesAreMarked(string git, string version)
    {
        MakeCheckout();
        Assert.Equal(version, Version(git));
        Assert.Equal("--no-optional-locks status --porcelain -- src native Directory.Build.props "
            + "Directory.Build.targets Directory.Packages.props global.json", File.ReadAllText(folder["asked"]).TrimEnd());
    }

    [Fact]
    public void WithoutACheckoutThereIsNoCommitAndNoMark() => Assert.Equal("0.1.0", Version("exit 128"));

    // As much of one as the SDK reads.
    private void MakeCheckout()
    {
        foreach (var name in (string[])["objects", "refs"])
            Directory.CreateDirectory(folder[$".git/{name}"]);
        File.WriteAllText(folder[".git/HEAD"], Commit + "\n");
        File.WriteAllText(folder[".git/config"], "[core]\n\trepositoryformatversion = 0\n");
    }

    private string Version(string git)
    {
        foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets"])
            File.Copy(Path.Combine(SetupSandbox.Checkout, name), folder[name]);
        File.WriteAllText(folder["One.csproj"], "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Directory.CreateDirectory(folder["bin"]);
        File.WriteAllText(folder["bin/git"], $"#!/bin/sh\necho \"$@\" >'{folder["asked"]}'\n{git}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder["bin/git"], (UnixFileMode)0b111_101_101);
        var start = new ProcessStartInfo("dotnet", ["msbuild", folder["One.csproj"], "-nologo", "-nodeReuse:false",
            "-t:AddSourceRevisionToInformationalVersion", "-getProperty:InformationalVersion"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = $"{folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return said;
    }
}
