using Reverie.Logging;

namespace Reverie.Cli.Records;

/// <summary>Episodes without noise at one moment of a run.</summary>
/// <param name="EnvSteps">environment steps that it had learned from</param>
/// <param name="Episodes">how many</param>
/// <param name="Mean">of their returns</param>
/// <param name="Std">standard deviation over them, divided by n</param>
/// <param name="Min">the worst</param>
/// <param name="Max">the best</param>
internal sealed record TestRecord(long EnvSteps, int Episodes, double Mean, double Std, double Min, double Max)
{
    /// <summary>From a line of <c>metrics.jsonl</c>.</summary>
    public static TestRecord Of(MetricRecord record) => new(record.EnvSteps, (int)Value(record, "episodes_played"),
        Value(record, "return"), Value(record, "return_std"), Value(record, "return_min"), Value(record, "return_max"));

    /// <summary>Back again.</summary>
    public MetricRecord AsRecord() => new()
    {
        Kind = MetricRecord.Test, EnvSteps = EnvSteps, Values = new Dictionary<string, double>
        {
            ["return"] = Mean, ["return_std"] = Std, ["return_min"] = Min, ["return_max"] = Max,
            ["episodes_played"] = Episodes,
        },
    };

    // A return that is not finite has no place in JSON, nor in a table: such a run is left out, and told.
    private static double Value(MetricRecord record, string name) =>
        record.Values.GetValueOrDefault(name, double.NaN) is var value && double.IsFinite(value) ? Math.Round(value, 3)
            : throw new FormatException($"its test at {record.EnvSteps} environment steps has no finite {name}");
}
