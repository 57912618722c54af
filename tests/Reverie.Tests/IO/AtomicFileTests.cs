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
