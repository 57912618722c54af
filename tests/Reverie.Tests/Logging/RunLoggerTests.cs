using Reverie.Logging;

namespace Reverie.Tests.Logging;

public sealed class RunLoggerTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("reverie-logging-").FullName;

    private string Metrics => Path.Combine(directory, JsonLinesSink.FileName);

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private static MetricRecord Update(long updates) => new()
    {
        Kind = "update", EnvSteps = 8 * updates, Decisions = updates, Updates = updates, Episodes = 2, Seconds = 0.5,
        Values = new Dictionary<string, double> { ["image"] = 0.1 * updates, ["kl"] = 3 },
    };

    [Fact]
    public void ALineHasCountersFirstAndValuesInOrder()
    {
        using (RunLogger logger = RunLogger.Open(directory, tensorBoard: false))
            logger.Write(Update(1));
        Assert.Equal("""{"kind":"update","env_steps":8,"decisions":1,"updates":1,"episodes":2,"seconds":0.5,"""
            + "\"image\":0.1,\"kl\":3}\n", File.ReadAllText(Metrics));
    }

    [Fact]
    public void RecordsComeBackNotFiniteOnesToo()
    {
        var values = new Dictionary<string, double>
        {
            ["a"] = double.NaN, ["b"] = double.PositiveInfinity, ["c"] = double.NegativeInfinity, ["d"] = 1.0 / 3,
        };
        using (RunLogger logger = RunLogger.Open(directory, tensorBoard: false))
            logger.Write(new MetricRecord { Kind = "run", EnvSteps = long.MaxValue, Values = values });
        MetricRecord read = Assert.Single(MetricsReader.Read(directory).Records);
        Assert.Equal(long.MaxValue, read.EnvSteps);
        Assert.Equal(values, read.Values.ToDictionary());
        Assert.Contains("\"a\":\"NaN\"", File.ReadAllText(Metrics));
    }

    [Fact]
    public void ResumeDropsTheLinesAfterTheCheckpointAndGoesOnAlike()
    {
        using (RunLogger whole = RunLogger.Open(directory, tensorBoard: false))
            for (int i = 1; i <= 5; i++)
                whole.Write(Update(i));
        string expected = File.ReadAllText(Metrics);
        File.Delete(Metrics);

        long position;
        using (RunLogger killed = RunLogger.Open(directory))
        {
            killed.Write(Update(1));
            killed.Write(Update(2));
            position = killed.Position;
            killed.Write(Update(3));
        }
        File.AppendAllText(Metrics, "{\"kind\":\"upd");
        using (RunLogger resumed = RunLogger.Open(directory))
        {
            resumed.Resume(position, envSteps: 16);
            for (int i = 3; i <= 5; i++)
                resumed.Write(Update(i));
        }
        Assert.Equal(expected, File.ReadAllText(Metrics));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10_000)]
    public void APositionThatEndsNoLineIsRefused(long position)
    {
        using RunLogger logger = RunLogger.Open(directory, tensorBoard: false);
        logger.Write(Update(1));
        Assert.Contains("byte", Assert.ThrowsAny<ReverieException>(() => logger.Resume(position, 0)).Message);
        logger.Write(Update(2));
        Assert.Equal([1L, 2L], MetricsReader.Read(directory).Records.Select(r => r.Updates));
    }

    [Fact]
    public void AHalfLastLineIsSaidAndCutAtTheNextOpening()
    {
        using (RunLogger logger = RunLogger.Open(directory, tensorBoard: false))
            logger.Write(Update(1));
        long whole = new FileInfo(Metrics).Length;
        File.AppendAllText(Metrics, "{\"kind\":\"update\",\"env_st");
        MetricHistory history = MetricsReader.Read(Metrics);
        Assert.True(history.HalfLastLine);
        Assert.Single(history.Records);
        using (RunLogger logger = RunLogger.Open(directory, tensorBoard: false))
            Assert.Equal(whole, logger.Position);
        Assert.False(MetricsReader.Read(Metrics).HalfLastLine);
    }

    [Fact]
    public void ADamagedLineInTheMiddleIsNamed()
    {
        File.WriteAllText(Metrics, "{\"kind\":\"run\"}\n{\"kind\":\n{\"kind\":\"run\"}\n");
        Assert.Contains("line 2", Assert.ThrowsAny<ReverieException>(() => MetricsReader.Read(directory)).Message);
        Assert.Contains("no metrics", Assert.ThrowsAny<ReverieException>(() => MetricsReader.Read("nowhere")).Message);
    }

    [Fact]
    public void ACounterCannotBeAValue()
        => Assert.Throws<ArgumentException>(() => new MetricRecord
        {
            Kind = "run", Values = new Dictionary<string, double> { ["env_steps"] = 1 },
        });

    [Fact]
    public void ARecordDoesNotFollowItsSource()
    {
        var values = new Dictionary<string, double> { ["kl"] = 1 };
        var record = new MetricRecord { Kind = "update", Values = values };
        values["kl"] = 2;
        Assert.Equal(1, record.Values["kl"]);
    }

    [Fact]
    public void ThreadsDoNotTearLines()
    {
        using (RunLogger logger = RunLogger.Open(directory))
            Parallel.For(1, 401, i => logger.Write(Update(i)));
        Assert.Equal(Enumerable.Range(1, 400).Select(i => (long)i),
            MetricsReader.Read(directory).Records.Select(r => r.Updates).Order());
    }

    [Fact]
    public void PlainLinesThinOutUpdatesOnly()
    {
        var text = new StringWriter();
        using (RunLogger logger = RunLogger.Open(directory, false, new ConsoleSink(text, every: 2)))
        {
            for (int i = 1; i <= 3; i++)
                logger.Write(Update(i));
            logger.Write(new MetricRecord { Kind = "evaluation", Seconds = 3723 });
        }
        string[] lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains("updates=3", lines[1]);
        Assert.StartsWith("1:02:03 evaluation", lines[2]);
    }
}
