using Reverie.Cli.Surroundings;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Cli.Surroundings;

public sealed class StandardWriterTests
{
    [Fact]
    public async Task WhatAStreamRefusesIsDroppedAndRemembered()
    {
        var writer = new StandardWriter(new Refusing());
        writer.WriteLine("one");
        Assert.Equal("the terminal went", writer.Fault);
        writer.Write('x');
        writer.Flush();
        await writer.WriteLineAsync("two");
        Assert.Equal("the terminal went", writer.Fault);
    }

    [Fact]
    public void WhatAStreamTakesIsWrittenInOrder()
    {
        var taken = new StringWriter();
        var writer = new StandardWriter(taken);
        writer.Write("a");
        writer.Write('b');
        writer.Write(['c', 'd', 'e'], 1, 1);
        writer.WriteLine("f");
        Assert.Equal($"abdf{Environment.NewLine}", taken.ToString());
        Assert.Null(writer.Fault);
    }

    [Theory]
    [InlineData("exec >/dev/full", 74, "reverie: standard output did not take everything: ")]
    [InlineData("exec >&-", 74, "reverie: standard output did not take everything: ")]
    [InlineData("exec 2>/dev/full", 0, "")]
    [InlineData("exec 2>&-", 0, "")]
    [InlineData("exec <&- >&- 2>&-", 74, "")]
    public void AProcessWithoutAStreamEndsWithACodeAndNoStack(string preparation, int code, string line)
    {
        using var process = CliProcess.StartAfter(preparation, "presets");
        var (ended, _, error) = process.Wait();
        Assert.Equal(code, ended);
        Assert.StartsWith(line, error);
        Assert.DoesNotContain("\n", error);
    }

    [Theory]
    [InlineData("exec >\"$file\"", 74, "reverie: standard output did not take everything: the limit of the size of files")]
    [InlineData("exec 2>\"$file\"", 0, "")]
    [InlineData("exec 2>\"$file\"; ulimit -s 512", 1, "")]
    public void AFileBehindAStreamMayNotGrow(string preparation, int code, string line)
    {
        using var folder = new TemporaryDirectory();
        using var process = CliProcess.StartAfter(
            $"file='{folder["stream"]}'; {preparation}; trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f 0",
            "presets");
        var (ended, _, error) = process.Wait();
        Assert.Equal(code, ended);
        Assert.StartsWith(line, error);
        Assert.DoesNotContain("\n", error);
    }

    private sealed class Refusing : StringWriter
    {
        public override void Write(char value) => throw new IOException("the terminal went");

        public override void WriteLine(string? value) => throw new IOException("the terminal went");
    }
}
