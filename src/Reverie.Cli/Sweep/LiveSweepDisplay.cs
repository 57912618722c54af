using Reverie.Cli.Display;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Reverie.Cli.Sweep;

/// <summary>A sweep on a terminal: a table that is drawn once a second, with runs at work and the next ones.</summary>
internal sealed class LiveSweepDisplay : SweepDisplay
{
    private const int NotesShown = 4, UsualHeight = 24, RowsBeside = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly ManualResetEventSlim ended = new();
    private readonly Queue<string> notes = new();
    private readonly IAnsiConsole screen;
    private readonly string title;
    private RunProgress[] runs = [];
    private Thread? painter;

    /// <summary>Makes it; drawing begins with <see cref="Begin"/>.</summary>
    public LiveSweepDisplay(Report report, string title) : base(report)
    {
        (screen, this.title) = (report.Screen(), title);
        if (screen.Profile.Height < 1) screen.Profile.Height = UsualHeight;
    }

    public override void Begin(IReadOnlyList<RunProgress> runs)
    {
        this.runs = [.. runs];
        painter = new Thread(() => screen.Live(Draw()).Start(Paint)) { IsBackground = true, Name = "display" };
        painter.Start();
    }

    public override void Show(int index, RunProgress run, bool phaseIsNew)
    {
        lock (gate)
            runs[index] = run;
    }

    public override void Note(string line)
    {
        lock (gate)
        {
            notes.Enqueue(line);
            if (notes.Count > NotesShown)
                notes.Dequeue();
        }
    }

    public override void Dispose()
    {
        ended.Set();
        painter?.Join();
        ended.Dispose();
        base.Dispose();
    }

    /// <summary>The picture as it is now.</summary>
    internal IRenderable Draw()
    {
        lock (gate)
        {
            var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape(title))
                .AddColumns("run", "", "env steps", "return", "time", "left");
            foreach (var run in Shown())
                table.AddRow(new Text(run.Run.Name), new Text(Word(run.Phase), new Style(Colour(run.Phase))),
                    new Text($"{Words.Count(run.EnvSteps)} of {Words.Count(run.Total)}"),
                    new Text(Words.Figure(run.Return)),
                    new Text(Words.Time(TimeSpan.FromSeconds(run.Seconds))), new Text(Words.Time(run.Left)));
            var counts = runs.CountBy(run => run.Phase).OrderByDescending(pair => pair.Key)
                .Select(pair => $"{pair.Value} {Word(pair.Key)}");
            return new Rows([table,
                new Text($"{string.Join(", ", counts)}   Ctrl-C saves and leaves", new Style(Color.Grey)),
                .. notes.Select(note => new Text(note))]);
        }
    }

    // Where there are more than the terminal has lines: those at work, what failed, the next ones, the latest ends.
    private IEnumerable<RunProgress> Shown()
    {
        var room = Math.Max(3, screen.Profile.Height - RowsBeside - notes.Count);
        if (runs.Length <= room)
            return runs;
        var chosen = runs.Index().OrderBy(pair => pair.Item.Phase switch
        {
            RunPhase.Running => 0, RunPhase.Failed => 1, RunPhase.Elsewhere => 2, RunPhase.Waiting => 3, _ => 4,
        }).Take(room).Select(pair => pair.Index).ToHashSet();
        return runs.Where((_, i) => chosen.Contains(i));
    }

    // As in the display of one run: a terminal whose height changes in the middle of a picture loses that picture.
    private void Paint(LiveDisplayContext context)
    {
        bool last;
        do
        {
            last = ended.Wait(Pause);
            try
            {
                context.UpdateTarget(Draw());
            }
            catch (Exception fault) when (fault is ArgumentException or IOException)
            {
            }
        }
        while (!last);
    }

    private static string Word(RunPhase phase) => phase.ToString().ToLowerInvariant();

    private static Color Colour(RunPhase phase) => phase switch
    {
        RunPhase.Running => Color.Blue, RunPhase.Done => Color.Green, RunPhase.Failed => Color.Red, _ => Color.Grey,
    };
}
