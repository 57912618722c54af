using Reverie.Logging;
using Reverie.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Reverie.Cli.Display;

/// <summary>The display of a run on a terminal, drawn four times a second by a thread of its own.</summary>
internal sealed class LiveDisplay : TrainingDisplay, IDisposable
{
    private const int NotesShown = 4;
    private const int UsualHeight = 24;    // lines

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private readonly ManualResetEventSlim ended = new();
    private readonly Queue<string> notes = new();
    private readonly string title;
    private readonly Thread painter;
    private int skipped;    // pictures

    /// <summary>Starts drawing.</summary>
    /// <param name="screen">the terminal</param>
    /// <param name="title">what is trained, and where it is kept</param>
    /// <param name="progress">fed by this display and by nobody else</param>
    public LiveDisplay(IAnsiConsole screen, string title, TrainingProgress progress) : base(progress)
    {
        this.title = title;
        // A terminal that does not know its size says 0 or −1, by which nothing can be cut.
        if (screen.Profile.Height < 1) screen.Profile.Height = UsualHeight;
        painter = new Thread(() => screen.Live(Draw()).Start(Paint)) { IsBackground = true, Name = "display" };
        painter.Start();
    }

    public override void Write(MetricRecord record)
    {
        lock (gate)
            Progress.Add(record);
    }

    public override void Recall(IReadOnlyList<MetricRecord> records)
    {
        lock (gate)
            base.Recall(records);
    }

    // A line written past the painter would tear the picture, so notes are part of it.
    public override void Note(string line)
    {
        lock (gate)
        {
            notes.Enqueue(line);
            if (notes.Count > NotesShown)
                notes.Dequeue();
        }
    }

    public void Dispose()
    {
        ended.Set();
        painter.Join();
        ended.Dispose();
    }

    /// <summary>Pictures that could not be drawn.</summary>
    internal int Skipped => skipped;

    /// <summary>The picture as it is now.</summary>
    internal IRenderable Draw()
    {
        lock (gate)
        {
            var rows = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
            var last = Progress.Last;
            Row("progress", $"{Bar(Progress.Share)} {100 * Progress.Share:0.0} %");
            Row("counters", $"env steps {Progress.Of(RunGoal.EnvSteps, last?.EnvSteps ?? 0)}   "
                + $"decisions {Words.Count(last?.Decisions ?? 0)}   "
                + $"updates {Progress.Of(RunGoal.Updates, last?.Updates ?? 0)}   "
                + $"episodes {Words.Count(last?.Episodes ?? 0)}");
            Row("rates", $"{Words.Figure(Progress.UpdatesPerSecond)} updates/s   "
                + $"{Words.Figure(Progress.EnvStepsPerSecond)} env steps/s");
            Row("losses", string.Join("   ", Progress.Losses.Select(pair => $"{pair.Key} {Words.Figure(pair.Value)}")));
            Row("returns", string.Join("   ", Progress.Returns.Select(Words.Figure)));
            Row("evaluations", string.Join("   ",
                Progress.Evaluations.Select(one => $"{Words.Figure(one.Return)} at {Words.Count(one.EnvSteps)}")));
            Row("time", $"{Words.Time(TimeSpan.FromSeconds(last?.Seconds ?? 0))} so far   "
                + $"{Words.Time(Progress.Left)} left   Ctrl-C saves and leaves");
            foreach (var note in notes)
                Row("", note);
            return new Panel(rows).Header(Markup.Escape(title)).Expand();

            void Row(string name, string text) =>
                rows.AddRow(new Text(name, new Style(Color.Grey)), new Text(text.Length > 0 ? text : "–"));
        }
    }

    private void Paint(LiveDisplayContext context)
    {
        while (!ended.Wait(Pause))
            Repaint(context);
        Repaint(context);
    }

    // The library asks for the terminal's height several times a picture, and trips where that changes in between: a
    // picture is left out then, and the training goes on.
    private void Repaint(LiveDisplayContext context)
    {
        try
        {
            context.UpdateTarget(Draw());
        }
        catch (Exception fault) when (fault is ArgumentException or IOException)
        {
            skipped++;
        }
    }

    private static string Bar(double share)
    {
        const int width = 30;
        var full = (int)Math.Round(share * width);
        return new string('█', full) + new string('░', width - full);
    }
}
