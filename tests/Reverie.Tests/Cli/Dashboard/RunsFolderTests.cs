using Reverie.Cli.Dashboard.Runs;

namespace Reverie.Tests.Cli.Dashboard;

public sealed class RunsFolderTests : IDisposable
{
    private readonly string outer = Directory.CreateTempSubdirectory("reverie-paths").FullName;
    private readonly RunsFolder folder;

    public RunsFolderTests()
    {
        Directory.CreateDirectory(At("runs/one/videos"));
        Directory.CreateDirectory(At("runs-too"));
        File.WriteAllText(At("runs/one/videos/dream.gif"), "");
        File.WriteAllText(At("secret"), "");
        File.WriteAllText(At("runs-too/secret"), "");
        folder = new RunsFolder(At("runs"));
    }

    public void Dispose() => Directory.Delete(outer, recursive: true);

    [Fact]
    public void WhatLiesInsideIsFound() =>
        Assert.Equal(At("runs/one/videos/dream.gif"), folder.Find("one/videos/dream.gif"));

    [Theory]
    [InlineData("../secret")]
    [InlineData("one/../../secret")]
    [InlineData("../runs-too/secret")]
    [InlineData("/etc/passwd")]
    [InlineData("one/nothing")]
    [InlineData("one\0/videos")]
    public void NothingElseIs(string name) => Assert.Null(folder.Find(name));

    [Fact]
    public void LinksAreFollowedInsideOnly()
    {
        File.CreateSymbolicLink(At("runs/file"), At("secret"));
        File.CreateSymbolicLink(At("runs/relative"), "../secret");
        File.CreateSymbolicLink(At("runs/folder"), outer);
        File.CreateSymbolicLink(At("runs/twice"), At("runs/file"));
        File.CreateSymbolicLink(At("runs/dangling"), At("runs/nothing"));
        File.CreateSymbolicLink(At("runs/circle"), At("runs/circle"));
        File.CreateSymbolicLink(At("runs/inside"), At("runs/one"));

        Assert.All(
            ["file", "relative", "folder", "folder/secret", "folder/runs/../secret", "twice", "dangling", "circle"],
            name => Assert.Null(folder.Find(name)));
        Assert.Equal(At("runs/one/videos/dream.gif"), folder.Find("inside/videos/dream.gif"));
    }

    [Fact]
    public void TheFolderItselfMayBeALink()
    {
        File.CreateSymbolicLink(At("elsewhere"), At("runs"));
        Assert.Equal(At("runs/one"), new RunsFolder(At("elsewhere")).Find("one"));
    }

    private string At(string name) => Path.Combine(outer, name);
}
