namespace Reverie.Tests.Setup;

/// <summary>The last line and the exit code of ./test, whatever the runner does.</summary>
public sealed class TestCommandTests : IDisposable
{
    private readonly SetupSandbox _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(12, 0, 0, 0, "12 passed, 0 failed")]
    [InlineData(10, 2, 1, 1, "10 passed, 2 failed")]
    [InlineData(0, 0, 0, 1, "0 passed, 0 failed")]
    [InlineData(7, 0, 134, 134, "7 passed, 0 failed")]
    public void Totals_are_the_last_line(int passed, int failed, int runner, int expected, string last)
    {
        Runner($"""echo '<Counters total="{passed + failed}" executed="{passed + failed}" passed="{passed}" """
            + $"""failed="{failed}" error="0" />' >"$results/a.trx"; exit {runner}""");
        var result = _machine.Run("test");
        Assert.Equal(expected, result.ExitCode);
        Assert.Equal(last, result.Output[^1]);
    }

    [Fact]
    public void A_runner_that_leaves_no_results_is_a_failure()
    {
        Runner("exit 0");
        var result = _machine.Run("test");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("0 passed, 0 failed", result.Output[^1]);
        Assert.Equal("test: no test ran", result.Errors[^1]);
    }

    [Fact]
    public void Options_reach_the_runner_and_the_command_line_is_built_along()
    {
        Runner("""echo "$*" >"$SANDBOX/runner.log"; echo '<Counters passed="1" failed="0" />' >"$results/a.trx" """);
        Assert.Equal(0, _machine.Run("test", "--filter", "Name~Rssm").ExitCode);
        Assert.EndsWith("--filter Name~Rssm", Assert.Single(_machine.Lines("runner.log")));
        Assert.Empty(_machine.Run("reverie").Errors);
    }

    private void Runner(string body) => _machine.Tool("dotnet", $$"""
        program="$SANDBOX/src/Reverie.Cli/bin/Release/net10.0"
        results="$SANDBOX/build/test-results"
        case "$1" in
            --list-sdks) echo '10.0.100 [/nowhere]' ;;
            build) mkdir -p "$program"; touch "$program/reverie-cli.dll" ;;
            test) mkdir -p "$results"; {{body}} ;;
        esac
        """);
}
