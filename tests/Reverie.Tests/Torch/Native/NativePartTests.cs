using Reverie.Tests.Cli;
using Reverie.Tests.Fakes;
using Reverie.Torch.Native;

namespace Reverie.Tests.Torch.Native;

/// <summary>A native library that is missing or does not fit is told as what it is, and at every call.</summary>
public sealed class NativePartTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void OneThatIsNotThereIsToldEachTime()
    {
        var part = new NativePart("reverie_absent", "none", 1);
        for (var i = 0; i < 2; i++)
            Assert.StartsWith("the native part libreverie_absent.so was not found; build it anew with ./reverie doctor",
                Assert.Throws<NativeException>(() => part.Open()).Message);
    }

    [Fact]
    public void OneOfAnotherVersionSaysBoth() => Assert.Contains("has version 1 where 99 is needed",
        Assert.Throws<NativeException>(() => new NativePart("reverie_box2d", "rb_abi_version", 99).Open()).Message);

    [Fact]
    public void OneWithoutAVersionCannotBeLoaded() => Assert.Contains("cannot be loaded: ",
        Assert.Throws<NativeException>(() => new NativePart("reverie_box2d", "rb_nothing", 1).Open()).Message);

    [Fact]
    public void WhatIsLoadedIsLoadedOnce()
    {
        var (before, after) = (0, 0);
        var part = new NativePart("reverie_box2d", "rb_abi_version", 1)
        {
            BeforeLoading = () => Interlocked.Increment(ref before), Loaded = _ => Interlocked.Increment(ref after),
        };
        var handles = new nint[8];
        Parallel.For(0, handles.Length, i => handles[i] = part.Open());
        Assert.Single(handles.Distinct());
        Assert.Equal((1, 1), (before, after));
    }

    // In a process of its own, outside of the checkout: what was loaded once is found again.
    [Theory]
    [InlineData(false, "was not found")]
    [InlineData(true, "cannot be loaded")]
    public void NothingThatIsMissingHidesInAStaticConstructor(bool broken, string line)
    {
        Directory.CreateDirectory(folder["program"]);
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory))
            File.Copy(file, Path.Combine(folder["program"], Path.GetFileName(file)));
        Directory.CreateDirectory(folder["native"]);
        if (broken)
            foreach (var name in (string[])["torch", "mujoco", "box2d"])
                File.WriteAllText(folder[$"native/libreverie_{name}.so"], "no library");
        using var process = CliProcess.StartWith(Path.Combine(folder["program"], "Reverie.Tests.dll"),
            ("REVERIE_NATIVE", folder["native"]), Program.Missing);
        var (code, output, error) = process.Wait();
        Assert.True(code == 0, error);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2 * Program.Calls.Length, lines.Length);
        Assert.All(lines, one => Assert.StartsWith($"{nameof(NativeException)}: ", one));
        Assert.All(lines, one => Assert.Contains(line, one));
    }
}
