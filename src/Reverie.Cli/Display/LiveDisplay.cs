using Reverie.Logging;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Reverie.Cli.Display;

/// <summary>The display of a run on a terminal, drawn four times a second by a thread of its own.</summary>
internal sealed class LiveDisplay : IMetricSink, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private readonly ManualResetEventSlim ended = new();
    private readonly TrainingProgress progress;
    private readonly string title;
    private readonly Thread painter;

    /// <summary>Starts drawing.</summary>
    /// <param name="screen">the terminal</param>
    /// <param name="title">what is trained, and where it is kept</param>
    /// <param name="progress">fed by this display and by nobody else</param>
    public LiveDisplay(IAnsiConsole screen, string title, TrainingProgress progress)
    {
        (this.title, this.progress) = (title, progress);
        painter = new Thread(() => screen.Live(Draw()).Start(Paint)) { IsBackground = true, Name = "display" };
        painter.Start();
    }

    public void Write(MetricRecord record)
    {
        lock (gate)
            progress.Add(record);
    }

    // The painter is the one who draws; what was written is on the screen at its next turn.
    public void Flush() { }

    public void Dispose()
    {
        ended.Set();
        painter.Join();
        ended.Dispose();
    }

    /// <summary>The picture as it is now.</summary>
    internal IRenderable Draw()
    {
        lock (gate)
        {
            var rows = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
            var last = progress.Last;
            Row("progress", $"{Bar(progress.Share)} {100 * progress.Share:0.0} %");
            Row("counters", $"env steps {Words.Count(last?.EnvSteps ?? 0)} of {Words.Count(progress.TotalEnvSteps)}   "
                + $"decisions {Words.Count(last?.Decisions ?? 0)}   updates {Words.Count(last?.Updates ?? 0)}   "
                + $"episodes {Words.Count(last?.Episodes ?? 0)}");
            Row("rates", $"{Words.Figure(progress.UpdatesPerSecond)} updates/s   "
                + $"{Words.Figure(progress.EnvStepsPerSecond)} env steps/s");
            Row("losses", string.Join("   ", progress.Losses.Select(pair => $"{pair.Key} {Words.Figure(pair.Value)}")));
            Row("returns", string.Join("   ", progress.Returns.Select(Words.Figure)));
            Row("evaluations", string.Join("   ",
                progress.Evaluations.Select(one => $"{Words.Figure(one.Return)} at {Words.Count(one.EnvSteps)}")));
            Row("time", $"{Words.Time(TimeSpan.FromSeconds(last?.Seconds ?? 0))} so far   "
                + $"{Words.Time(progress.Left)} left   Ctrl-C saves and leaves");
            return new Panel(rows).Header(Markup.Escape(title)).Expand();

            void Row(string name, string text) =>
                rows.AddRow(new Text(name, new Style(Color.Grey)), new Text(text.Length > 0 ? text : "–"));
        }
    }

    private void Paint(LiveDisplayContext context)
    {
        while (!ended.Wait(Pause))
            context.UpdateTarget(Draw());
        context.UpdateTarget(Draw());
    }

    private static string Bar(double share)
    {
        const int width = 30;
        var full = (int)Math.Round(share * width);
        return new string('█', full) + new string('░', width - full);
    }
}
