using Reverie.Logging;

namespace Reverie.Cli.Display;

/// <summary>Every record as one JSON object, for programs that follow a run.</summary>
internal sealed class JsonDisplay(TextWriter output, TextWriter notes, TrainingProgress progress)
    : TrainingDisplay(progress)
{
    public override void Write(MetricRecord record)
    {
        var row = new Dictionary<string, object>
        {
            ["kind"] = record.Kind,
            ["env_steps"] = record.EnvSteps,
            ["decisions"] = record.Decisions,
            ["updates"] = record.Updates,
            ["episodes"] = record.Episodes,
            ["seconds"] = record.Seconds,
        };
        foreach (var (name, value) in record.Values)
            row[name] = value;
        output.WriteLine(Report.Serialise(row));
    }

    public override void Note(string line) => notes.WriteLine(line);

    public override void Flush() => output.Flush();
}
