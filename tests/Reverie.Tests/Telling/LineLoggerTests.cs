using Microsoft.Extensions.Logging;
using Reverie.Replay;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Telling;

public sealed class LineLoggerTests
{
    private readonly List<string> lines = [];

    [Fact]
    public void InformationAndAllAboveAreLines()
    {
        var logger = new LineLogger(lines.Add);
        logger.LogDebug("not this");
        logger.LogInformation("{Count} of {All}", 1, 2);
        logger.LogError(new InvalidOperationException("not shown"), "that went wrong");
        Assert.Equal(["1 of 2", "that went wrong"], lines);
        Assert.False(logger.IsEnabled(LogLevel.None));
    }

    [Fact]
    public void BracesOfALineAreBraces()
    {
        var logger = new LineLogger(lines.Add);
        logger.Say("{shape} of {0}");
        logger.Warn("{");
        Assert.Equal(["{shape} of {0}", "{"], lines);
    }

    [Fact]
    public void WarningsAreToldFromHowTheWorkGoes()
    {
        var logger = new Kept();
        logger.Say("going on");
        logger.Warn("damaged");
        Assert.Equal([(LogLevel.Information, "going on"), (LogLevel.Warning, "damaged")], logger.Lines);
    }

    [Fact]
    public void AFileThatIsLeftAloneIsAWarningToALoggerAndALineToAnAction()
    {
        using var folder = new TemporaryDirectory();
        File.WriteAllText(folder["mine.npz"], "");
        var logger = new Kept();
        _ = new EpisodeStore(folder.Path, logger: logger);
        _ = new EpisodeStore(folder.Path, seed: 0, report: lines.Add);
        var (level, line) = Assert.Single(logger.Lines);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains("mine.npz: is not named like an episode", line);
        Assert.Equal([line], lines);
    }

    private sealed class Kept : ILogger
    {
        public List<(LogLevel, string)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Add((logLevel, formatter(state, exception)));
    }
}
