using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.IO;

public sealed class AtomicFileTests
{
    [Fact]
    public void AWriteThatFailsLeavesTheOldFileAndNothingElse()
    {
        using var directory = new TemporaryDirectory();
        AtomicFile.Write(directory["x"], stream => stream.Write("old"u8));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(directory["x"], stream =>
        {
            stream.Write("new"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(directory["x"]));
        Assert.Equal([directory["x"]], Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void ALinkLeadsToTheFileThatIsWritten()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["x"], "old");
        File.CreateSymbolicLink(directory["link"], "x");
        AtomicFile.Write(directory["link"], stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(directory["x"]));
        Assert.Equal("x", new FileInfo(directory["link"]).LinkTarget);
    }

    [Fact]
    public void ANewDirectoryLeavesItsNeighboursAlone()
    {
        using var directory = new TemporaryDirectory();
        foreach (var name in new[] { "x.old", "x.partial" })
        {
            Directory.CreateDirectory(directory[name]);
            File.WriteAllText(directory[$"{name}/mine"], "kept");
        }
        AtomicFile.WriteNewDirectory(directory["x"], folder => File.WriteAllText(Path.Combine(folder, "a"), "new"));
        Assert.Equal("new", File.ReadAllText(directory["x/a"]));
        Assert.Equal("kept", File.ReadAllText(directory["x.old/mine"]));
        Assert.Equal("kept", File.ReadAllText(directory["x.partial/mine"]));
        Assert.ThrowsAny<IOException>(() => AtomicFile.WriteNewDirectory(directory["x"], _ => { }));
        Assert.Throws<FormatException>(() => AtomicFile.WriteNewDirectory(directory["y"], _ => throw new FormatException()));
        Assert.Equal(["x", "x.old", "x.partial"], Directory.GetFileSystemEntries(directory.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void FilesThatBelongTogetherAreWrittenTogetherOrNot()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["a"], "old");
        File.WriteAllText(directory["a.partial"], "mine");
        Directory.CreateDirectory(directory["gone"]);
        AtomicFile.WriteTogether([(directory["a"], [1]), (directory["b"], [2])]);
        Assert.Equal([1], File.ReadAllBytes(directory["a"]));
        Assert.Equal([2], File.ReadAllBytes(directory["b"]));
        Assert.ThrowsAny<IOException>(() => AtomicFile.WriteTogether(
            [(directory["a"], [3]), (directory["nowhere/c"], [4])]));
        Assert.Equal([1], File.ReadAllBytes(directory["a"]));
        Assert.Equal("mine", File.ReadAllText(directory["a.partial"]));
        Assert.Equal(["a", "a.partial", "b", "gone"],
            Directory.GetFileSystemEntries(directory.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void AFullDiskIsOneLineThatNamesTheFile()
    {
        using var directory = new TemporaryDirectory();
        var code = OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28;
        var error = Assert.Throws<IOException>(() => AtomicFile.Write(directory["x"],
            _ => throw new IOException("No space left on device", code)));
        Assert.Equal($"{directory["x"]}: the disk is full; nothing was written; free some space and run again",
            error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void AReallyFullDeviceIsRecognised()
    {
        if (!File.Exists("/dev/full"))
            return;
        using var stream = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.None, 0);
        Assert.True(DiskErrors.IsFull(Assert.ThrowsAny<IOException>(() => stream.Write("x"u8))));
    }

    [Fact]
    public void ADirectoryArrivesWholeOrNotAtAll()
    {
        using var directory = new TemporaryDirectory();
        var target = directory["step"];
        AtomicFile.WriteDirectory(target, inner => File.WriteAllText(Path.Combine(inner, "a"), "1"));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.WriteDirectory(target, inner =>
        {
            File.WriteAllText(Path.Combine(inner, "a"), "2");
            throw new InvalidOperationException();
        }));
        Assert.Equal("1", File.ReadAllText(Path.Combine(target, "a")));
        AtomicFile.WriteDirectory(target, inner => File.WriteAllText(Path.Combine(inner, "b"), "3"));
        Assert.Equal(["b"], Directory.GetFiles(target).Select(Path.GetFileName));
        Assert.Equal([target], Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void AnInterruptedReplacementIsRecovered()
    {
        using var directory = new TemporaryDirectory();
        var target = directory["step"];
        Directory.CreateDirectory(target + ".old");
        AtomicFile.RecoverDirectory(target);
        Assert.Equal([target], Directory.GetFileSystemEntries(directory.Path));
        Directory.CreateDirectory(target + ".old");
        AtomicFile.RecoverDirectory(target);
        Assert.Equal([target], Directory.GetFileSystemEntries(directory.Path));
    }
}
