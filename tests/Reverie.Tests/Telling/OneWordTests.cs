using System.Diagnostics;

namespace Reverie.Tests.Telling;

/// <summary>Names in commands that are told are what a shell makes of them.</summary>
public sealed class OneWordTests
{
    [Theory]
    [InlineData("runs/cartpole_swingup-dreamerv3-small-seed1")]
    [InlineData("gym:ale_py:ALE/Tetris-v5")]
    [InlineData("C:=a,b+c@d%e.f")]
    public void WhatAShellTakesAsItIsStaysSo(string name) => Assert.Equal(name, OneWord.Of(name));

    [Theory]
    [InlineData("my runs/first one")]
    [InlineData("it's")]
    [InlineData("''")]
    [InlineData("$HOME`id`;rm *?[a]{b,c}~\"#!&|<>()\\")]
    [InlineData("läufe/übung")]
    [InlineData("")]
    public void AShellMakesTheNameOfIt(string name) => Assert.Equal(name, Said(OneWord.Of(name)));

    [Fact]
    public void NoNameBecomesAnOption() => Assert.Equal("./-run", Said(OneWord.Of("-run")));

    private static string Said(string word)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"printf %s {word}"]) { RedirectStandardOutput = true })!;
        var said = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        return said;
    }
}
