using System.Text.Json.Serialization;

namespace Reverie.Cli.Bench;

/// <summary>One line of <c>reverie bench env</c>: what a second brings.</summary>
/// <param name="What"><c>env</c></param>
/// <param name="Task">on which task</param>
/// <param name="Quality">of the pictures that decisions see</param>
/// <param name="ActionRepeat">environment steps per decision</param>
/// <param name="Seconds">of a decision in one environment, its picture included</param>
/// <param name="PerSecond">physics steps; pictures of either quality; decisions of 1, 2 and 4 environments together
/// </param>
/// <param name="CPerSecond">the same of the loop in C; null where it was not asked for</param>
/// <param name="Ratio">how many times what C does is done here, median over the repetitions</param>
/// <param name="Same">whether both came to the same states and pictures, to the last bit</param>
internal sealed record EnvironmentMeasurement(
    string What, string Task, string Quality, int ActionRepeat, double Seconds, Dictionary<string, double> PerSecond,
    Dictionary<string, double>? CPerSecond = null, Dictionary<string, double>? Ratio = null, bool? Same = null)
    : Measurement(What, Seconds)
{
    /// <summary>What can be measured, in the order of <see cref="Heading"/>.</summary>
    public static string[] Names { get; } =
        ["physics_steps", "suite_pictures", "fast_pictures", "decisions_1", "decisions_2", "decisions_4"];

    private static readonly string[] Titles =
        ["physics", "suite pict.", "fast pict.", "1 env.", "2 envs.", "4 envs."];

    /// <summary>For people.</summary>
    public static new string Heading { get; } = Line("task, per second", Titles);

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Remark => "per second: " + string.Join("; ",
        Names.Zip(Titles).Where(one => PerSecond.ContainsKey(one.First))
            .Select(one => $"{one.Second} {Cell(one.First)}"));

    /// <summary>For people: numbers a second, and behind them how many times as many as in C.</summary>
    [JsonIgnore]
    public override string Text => Line(Task, [.. Names.Select(Cell)]);

    private static string Line(string task, params string[] cells) => string.Concat(
        [task.PadRight(25), cells[0].PadRight(18), .. cells[1..].Select(cell => cell.PadRight(15))]).TrimEnd();

    private string Cell(string name)
    {
        if (!PerSecond.TryGetValue(name, out var number))
            return "–";
        var ratio = Ratio is null ? "" : FormattableString.Invariant($" ({Ratio[name]:0.00})");
        return Display.Words.Count((long)number) + ratio;
    }
}
