using Reverie.Cli.Display;

namespace Reverie.Cli.Sweep;

/// <summary>Shows a sweep while it works: a line a run, or one JSON object.</summary>
internal class SweepDisplay(Report report) : IDisposable
{
    /// <summary>Where results go.</summary>
    protected Report Report => report;

    /// <summary>Told of all runs before any begins.</summary>
    public virtual void Begin(IReadOnlyList<RunProgress> runs)
    {
    }

    /// <summary>Told of a run that came to another phase, or further.</summary>
    public virtual void Show(int index, RunProgress run, bool phaseIsNew)
    {
        if (phaseIsNew && run.Phase is RunPhase.Done or RunPhase.Stopped or RunPhase.Failed)
            report.Row(Object(run), Line(run));
        else if (phaseIsNew && run.Phase is RunPhase.Running or RunPhase.Elsewhere)
            report.Say(Line(run));
    }

    /// <summary>A line that the user should know of.</summary>
    public virtual void Note(string line) => report.Error.WriteLine(line);

    /// <summary>Ends the picture.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>A run in a line.</summary>
    protected static string Line(RunProgress run) => $"{run.Run.Name}: " + run.Phase switch
    {
        RunPhase.Running => "begins",
        RunPhase.Elsewhere => "another process works on it; waiting",
        RunPhase.Done => $"done: {Words.Count(run.EnvSteps)} env steps in {Time(run)}{Score(run)}",
        RunPhase.Stopped => $"saved at {Words.Count(run.EnvSteps)} env steps",
        RunPhase.Failed => $"failed: {run.Fault}",
        _ => "waits",
    };

    /// <summary><c>, test 612.0 ± 31.0</c>.</summary>
    protected static string Score(RunProgress run) => run.ReturnOf.Length == 0 ? ""
        : $", {run.ReturnOf} {Words.Figure(run.Return)}{(double.IsNaN(run.Std) ? "" : $" ± {Words.Figure(run.Std)}")}";

    private static string Time(RunProgress run) => Words.Time(TimeSpan.FromSeconds(run.Seconds));

    private static object Object(RunProgress run) => new
    {
        Kind = "run", Run = run.Run.Folder, Phase = run.Phase.ToString().ToLowerInvariant(), run.EnvSteps, run.Seconds,
        run.Return, run.ReturnOf, Fault = run.Fault.Length > 0 ? run.Fault : null,
    };
}
