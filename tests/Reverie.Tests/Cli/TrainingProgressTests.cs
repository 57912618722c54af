using Reverie.Cli.Display;
using Reverie.Logging;
using Reverie.Runs;

namespace Reverie.Tests.Cli;

public sealed class TrainingProgressTests
{
    [Fact]
    public void RatesAndTimeLeftComeFromTheLastMinutes()
    {
        var progress = Until(10_000);
        Assert.Null(progress.Left);
        progress.Add(Record("update", seconds: 0, envSteps: 0, updates: 0));
        progress.Add(Record("update", seconds: 1000, envSteps: 4000, updates: 100));
        progress.Add(Record("update", seconds: 1100, envSteps: 5000, updates: 300));
        Assert.Equal(10, progress.EnvStepsPerSecond);
        Assert.Equal(2, progress.UpdatesPerSecond);
        Assert.Equal(TimeSpan.FromSeconds(500), progress.Left);
        Assert.Equal(0.5, progress.Share);
    }

    [Fact]
    public void ReturnsAndLossesAreKeptApartByKind()
    {
        var progress = Until(10_000);
        for (var i = 1; i <= 7; i++)
            progress.Add(Record("episode", i, envSteps: i * 1000, value: ("return", i)));
        progress.Add(Record("evaluation", 8, envSteps: 7000, value: ("return", 99)));
        progress.Add(Record("update", 9, envSteps: 7000, value: ("image", 3.5)));
        Assert.Equal([3, 4, 5, 6, 7], progress.Returns);
        Assert.Equal([(7000, 99)], progress.Evaluations);
        Assert.Equal(3.5, progress.Losses["image"]);
    }

    [Fact]
    public void APlainLineTellsWhatAPersonWants()
    {
        var output = new StringWriter();
        var display = new PlainDisplay(output, TextWriter.Null, Until(4000));
        display.Write(Record("update", 10, envSteps: 1000, updates: 10, value: ("image", 3.5)));
        Assert.Equal("", output.ToString());
        display.Write(Record("episode", 20, envSteps: 2000, updates: 60, value: ("return", 123.4)));
        Assert.Equal("0:00:20  episode     return 123.4  episodes 0  env_steps 2,000 of 4,000  updates 60"
            + "  image 3.500  5.000 updates/s  left 0:00:20", output.ToString().TrimEnd());
    }

    [Theory]
    [InlineData(40)]
    [InlineData(0)]
    [InlineData(-1)]
    public void TheLiveDisplayShowsCountersRatesLossesReturnsAndTimeLeft(int height)
    {
        var progress = Until(4000);
        var output = new StringWriter();
        var screen = Spectre.Console.AnsiConsole.Create(new Spectre.Console.AnsiConsoleSettings
        {
            Out = new Terminal(output, height),
            Ansi = Spectre.Console.AnsiSupport.No,
        });
        var display = new LiveDisplay(screen, "cartpole [swingup]", progress);
        using (display)
        {
            display.Write(Record("update", 10, envSteps: 1000, updates: 10, value: ("image", 3.5)));
            display.Write(Record("episode", 20, envSteps: 2000, updates: 60, value: ("return", 123.4)));
            display.Write(Record("evaluation", 30, envSteps: 3000, updates: 110, value: ("return", 234.5)));
        }
        Assert.Equal(0, display.Skipped);
        var picture = output.ToString();
        foreach (var part in new[]
        {
            "cartpole [swingup]", "75.0 %", "env steps 3,000 of 4,000", "5.000 updates/s", "image 3.500", "123.4",
            "234.5 at 3,000", "0:00:10 left",
        })
            Assert.Contains(part, picture);
    }

    /// <summary>Updates of V, of M and generations take unlike times: the first generation is what tells of the others.
    /// </summary>
    [Fact]
    public void PhasesTellTheTimeLeftOnceTheirLastOneIsOn()
    {
        long? even = null;
        var output = new StringWriter();
        var display = new PlainDisplay(output, TextWriter.Null,
            new TrainingProgress(() => [new(RunGoal.Updates, 4400, even)]));
        display.Write(Record("episode", 10, envSteps: 1000, value: ("return", 1)));
        display.Write(Record("episode", 11, envSteps: 2000, value: ("return", 2)));
        display.Write(Record("update", 50, envSteps: 2000, updates: 2000, value: ("loss", 3)));
        display.Write(Record("update", 90, envSteps: 2000, updates: 4000, value: ("loss", 3)));
        even = 4000;
        display.Write(Record("generation", 120, envSteps: 98_000, updates: 4001, value: ("return", 4)));
        Assert.Equal(
        [
            "0:00:10  episode     return 1.000  episodes 0  env_steps 1,000  updates 0 of 4,400",
            "0:00:11  episode     return 2.000  episodes 0  env_steps 2,000  updates 0 of 4,400",
            "0:02:00  generation  return 4.000  episodes 0  env_steps 98,000  updates 4,001 of 4,400  loss 3.000"
                + "  36.37 updates/s  left 3:19:30",
        ], output.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void OfSeveralGoalsTheNearestCounts()
    {
        var progress = new TrainingProgress(
            () => [new(RunGoal.Updates, 1000, 0), new(RunGoal.EnvSteps, 4000, 0)]);
        Assert.Equal((0, null), (progress.Share, progress.Left));
        progress.Add(Record("generation", 10, envSteps: 1000, updates: 10));
        progress.Add(Record("generation", 20, envSteps: 2000, updates: 20));
        Assert.Equal((0.5, TimeSpan.FromSeconds(20)), (progress.Share, progress.Left));
        Assert.Equal(0, new TrainingProgress(() => []).Share);
    }

    private static TrainingProgress Until(long envSteps) => new(() => [new(RunGoal.EnvSteps, envSteps, 0)]);

    private static MetricRecord Record(
        string kind, double seconds, long envSteps, long updates = 0, (string Name, double Value)? value = null) =>
        new()
        {
            Kind = kind,
            Seconds = seconds,
            EnvSteps = envSteps,
            Updates = updates,
            Values = value is { } one ? new Dictionary<string, double> { [one.Name] = one.Value } : [],
        };

    private sealed class Terminal(TextWriter writer, int height) : Spectre.Console.IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        public int Width => 120;

        public int Height => height;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
