using Reverie.Cli.Pack;
using Reverie.Torch.Native;

namespace Reverie.Tests.Cli.Pack;

public sealed class SharedLibrariesTests
{
    private const string Answer = """
        	linux-vdso.so.1 (0x00007f846ecab000)
        	libmujoco.so.2.2.2 => /lib/libmujoco.so.2.2.2 (0x00007f846eaf2000)
        	libm.so.6 => /lib/libm.so.6 (0x00007f846ea12000)
        	/lib64/ld-linux-x86-64.so.2 (0x00007f846ecad000)
        	libccd.so.2 => /opt/lib/libccd.so.2 (0x00007f846e824000)
        	libstdc++.so.6 => /lib/libstdc++.so.6 (0x00007f846e400000)
        """;

    [Fact]
    public void WhatEveryMachineHasStaysThere() =>
        Assert.Equal(["/lib/libmujoco.so.2.2.2", "/opt/lib/libccd.so.2"], SharedLibraries.Parse("a.so", Answer));

    [Fact]
    public void AMissingOneIsTold()
    {
        var fault = Assert.ThrowsAny<ReverieException>(
            () => SharedLibraries.Parse("a.so", Answer + "\n\tlibqhull.so.8 => not found\n"));
        Assert.Equal("a.so needs libqhull.so.8, which is not on this machine", fault.Message);
    }

    [Fact]
    public void MujocoIsFound() =>
        Assert.Contains(SharedLibraries.NeededBy(NativeLibraries.Find("reverie_mujoco")!),
            path => File.Exists(path) && Path.GetFileName(path).StartsWith("libmujoco.so"));
}
