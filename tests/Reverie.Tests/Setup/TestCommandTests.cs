using System.Diagnostics;

namespace Reverie.Tests.Setup;

/// <summary>The last line and the exit code of ./test, whatever the runner does.</summary>
public sealed class TestCommandTests : IDisposable
{
    private readonly SetupSandbox machine = new();

    public TestCommandTests() => Cores(1);

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData(12, 0, 0, 0, "12 passed, 0 failed")]
    [InlineData(10, 2, 1, 1, "10 passed, 2 failed")]
    [InlineData(0, 0, 0, 1, "0 passed, 0 failed")]
    [InlineData(7, 0, 134, 134, "7 passed, 0 failed")]
    public void TotalsAreTheLastLine(int passed, int failed, int runner, int expected, string last)
    {
        Runner($"count {passed} {failed}; exit {runner}");
        var result = machine.Run("test");
        Assert.Equal(expected, result.ExitCode);
        Assert.Equal(last, result.Output[^1]);
    }

    [Fact]
    public void ARunnerThatLeavesNoResultsIsAFailure()
    {
        Runner("exit 0");
        var result = machine.Run("test");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("0 passed, 0 failed", result.Output[^1]);
        Assert.Equal("test: no test ran", result.Errors[^1]);
    }

    [Fact]
    public void OptionsReachOneRunnerAndTheCommandLineIsBuiltAlong()
    {
        Cores(2);
        Runner("""echo "$*" >>"$SANDBOX/runner.log"; count 1 0""");
        Assert.Equal(0, machine.Run("test", "--filter", "Name~Rssm").ExitCode);
        Assert.EndsWith("--filter Name~Rssm", Assert.Single(machine.Lines("runner.log")));
        Assert.Empty(machine.Run("reverie").Errors);
    }

    [Fact]
    public void OnTwoCoresTwoProcessesHaveEachTestOnce()
    {
        Cores(2);
        Runner("""echo "$filter" >"$SANDBOX/filter$half"; echo "said by $half"; echo oops >&2; count $((3 + 2 * half)) 0""");
        var result = machine.Run("test");
        Assert.Equal((0, "12 passed, 0 failed"), (result.ExitCode, result.Output[^1]));
        Assert.Equal(["1| oops", "1| said by 1", "2| oops", "2| said by 2"],
            result.Output[..^1].Order(StringComparer.Ordinal));

        var (first, second) = (Assert.Single(machine.Lines("filter1")), Assert.Single(machine.Lines("filter2")));
        Assert.Equal(first.Replace("~", "!~").Replace('|', '&'), second);    // a or b; neither a nor b
        string[] names = [.. typeof(TestCommandTests).Assembly.GetTypes().Select(type => $"{type.FullName}")];
        Assert.All(first.Split('|'), one =>
        {
            Assert.StartsWith("FullyQualifiedName~Reverie.Tests.", one);
            Assert.Contains(names, name => name.StartsWith(one.Split('~')[1], StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("count 4 $((half - 1)); exit $((half - 1))", 1, "8 passed, 1 failed", "")]
    [InlineData("count 4 0; exit $((67 * half))", 67, "8 passed, 0 failed", "the runner ended with exit code 67")]
    [InlineData("((half == 2)) || count 4 0", 1, "4 passed, 0 failed", "no test of the second half ran")]
    [InlineData("((half == 1)) || count 4 0", 1, "4 passed, 0 failed", "no test of the first half ran")]
    public void AHalfThatGoesWrongIsEnough(string body, int expected, string last, string told)
    {
        Cores(2);
        Runner(body);
        var result = machine.Run("test");
        Assert.Equal((expected, last), (result.ExitCode, result.Output[^1]));
        Assert.StartsWith(told.Length > 0 ? $"test: {told}" : "test: running", result.Errors[^1]);
    }

    [Fact]
    public void ALineHoweverLongStaysWhole()
    {
        Cores(2);
        Runner("""line="$(printf "$half%.0s" {1..20000})"; for i in {1..5}; do echo "$line"; done; count 1 0""");
        var lines = machine.Run("test").Output[..^1];
        Assert.Equal(10, lines.Length);
        Assert.All(lines, line => Assert.Equal($"{line[0]}| {new string(line[0], 20_000)}", line));
    }

    [Fact]
    public async Task ASignalEndsBothHalvesAndWhatTheyStarted()
    {
        Cores(2);
        Runner("""sleep 300 & echo "$$ $!" >"$SANDBOX/ids.new$half"; mv "$SANDBOX"/ids{.new,}$half; wait""");
        var ended = machine.Start("test", [], out var id);
        for (var i = 0; i < 6000 && Ids().Length < 4; i++) await Task.Delay(10);
        var ids = Ids();
        Assert.Equal(4, ids.Length);
        using (var kill = Process.Start("kill", ["-TERM", $"{id}"])) kill.WaitForExit();
        var result = await ended;
        Assert.Equal((143, "0 passed, 0 failed"), (result.ExitCode, result.Output[^1]));
        Assert.All(ids, one => Assert.False(Directory.Exists($"/proc/{one}")));

        string[] Ids() => [.. machine.Lines("ids1").Concat(machine.Lines("ids2")).SelectMany(line => line.Split(' '))];
    }

    private void Cores(int count) => machine.Tool("nproc", $"echo {count}");

    // In the body: its half and filter, empty where there is one process, and count PASSED FAILED.
    private void Runner(string body) => machine.Tool("dotnet", $$"""
        program="$SANDBOX/src/Reverie.Cli/bin/Release/net10.0"
        results=''
        half=''
        filter=''
        for word; do
            [[ ${before:-} != --results-directory ]] || results="$word"
            [[ ${before:-} != --filter ]] || filter="$word"
            before="$word"
        done
        [[ $results != */[12] ]] || half="${results##*/}"
        count() { echo "<Counters total=\"$(($1 + $2))\" passed=\"$1\" failed=\"$2\" error=\"0\" />" >"$results/a.trx"; }
        case "$1" in
            --list-sdks) echo '10.0.100 [/nowhere]' ;;
            build) mkdir -p "$program"; touch "$program/reverie-cli.dll" ;;
            test) mkdir -p "$results"; {{body}} ;;
        esac
        """);
}
