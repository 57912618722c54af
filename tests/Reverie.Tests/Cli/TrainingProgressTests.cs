using Reverie.Cli.Display;
using Reverie.Logging;

namespace Reverie.Tests.Cli;

public sealed class TrainingProgressTests
{
    [Fact]
    public void RatesAndTimeLeftComeFromTheLastMinutes()
    {
        var progress = new TrainingProgress(10_000);
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
        var progress = new TrainingProgress(10_000);
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
        var display = new PlainDisplay(output, TextWriter.Null, new TrainingProgress(4000));
        display.Write(Record("update", 10, envSteps: 1000, updates: 10, value: ("image", 3.5)));
        Assert.Equal("", output.ToString());
        display.Write(Record("episode", 20, envSteps: 2000, updates: 60, value: ("return", 123.4)));
        Assert.Equal("0:00:20  episode     return 123.4  episodes 0  env_steps 2,000 of 4,000  updates 60"
            + "  image 3.500  5.000 updates/s  left 0:00:20", output.ToString().TrimEnd());
    }

    [Fact]
    public void TheLiveDisplayShowsCountersRatesLossesReturnsAndTimeLeft()
    {
        var progress = new TrainingProgress(4000);
        var output = new StringWriter();
        var screen = Spectre.Console.AnsiConsole.Create(new Spectre.Console.AnsiConsoleSettings
        {
            Out = new Spectre.Console.AnsiConsoleOutput(output),
            Ansi = Spectre.Console.AnsiSupport.No,
        });
        screen.Profile.Width = 120;
        using (var display = new LiveDisplay(screen, "cartpole [swingup]", progress))
        {
            display.Write(Record("update", 10, envSteps: 1000, updates: 10, value: ("image", 3.5)));
            display.Write(Record("episode", 20, envSteps: 2000, updates: 60, value: ("return", 123.4)));
            display.Write(Record("evaluation", 30, envSteps: 3000, updates: 110, value: ("return", 234.5)));
        }
        var picture = output.ToString();
        foreach (var part in new[]
        {
            "cartpole [swingup]", "75.0 %", "env steps 3,000 of 4,000", "5.000 updates/s", "image 3.500", "123.4",
            "234.5 at 3,000", "0:00:10 left",
        })
            Assert.Contains(part, picture);
    }

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
}
