using System.Diagnostics;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.IO;

public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AFileIsReadWholeAndThroughALink()
    {
        File.WriteAllText(folder["a"], "kept: é");
        File.CreateSymbolicLink(folder["b"], "a");
        Assert.Equal("kept: é", RegularFile.ReadAllText(folder["a"]));
        Assert.Equal("kept: é", RegularFile.ReadAllText(folder["b"]));
    }

    [Fact]
    public void APipeThatNobodyWritesToIsRefusedAtOnce()
    {
        using (var made = Process.Start("mkfifo", folder["pipe"])) made.WaitForExit();
        Assert.Contains("is a pipe, not a file", Refused(folder["pipe"]));
    }

    [Theory, InlineData("/dev/zero", "a device"), InlineData("/proc", "a folder")]
    public void WhatIsNoFileIsRefused(string path, string kind) =>
        Assert.Contains($"{path}: is {kind}, not a file", Refused(path));

    [Fact]
    public void AFileGrownByAHoleIsRefusedBeforeItIsRead()
    {
        using (var stream = File.Create(folder["hole"])) stream.SetLength(10L << 30);
        Assert.Contains("has 10737418240 bytes", Refused(folder["hole"]));
    }

    [Fact]
    public void AFileOfEndlessLengthThatSaysZeroIsBounded()
    {
        // Files of /proc have no length and bytes all the same.
        Assert.Contains("more than the 10", Assert.Throws<IOException>(
            () => RegularFile.ReadAllBytes("/proc/self/maps", 10)).Message);
    }

    [Fact]
    public void WhatIsNotThereIsSaid() =>
        Assert.Contains("there is no such file", Assert.Throws<FileNotFoundException>(
            () => RegularFile.ReadAllBytes(folder["nothing"])).Message);

    private static string Refused(string path) =>
        Assert.Throws<IOException>(() => RegularFile.ReadAllBytes(path)).Message;
}
