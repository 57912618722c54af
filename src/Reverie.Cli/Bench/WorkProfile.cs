using Reverie.Torch;

namespace Reverie.Cli.Bench;

/// <summary>Where the time of a repeated piece of work went.</summary>
/// <param name="Seconds">mean of one repetition while it was watched, which takes a little longer</param>
/// <param name="Repeats">repetitions watched</param>
/// <param name="Entries">operators of all of them, by layer and direction</param>
internal sealed record WorkProfile(double Seconds, int Repeats, IReadOnlyList<ProfileEntry> Entries)
{
    /// <summary>What is between operators: this program, and libtorch's engine of gradients.</summary>
    public double BetweenSeconds => Seconds - Entries.Sum(entry => entry.Seconds) / Repeats;

    /// <summary>Operators with the gradients of those they call, the slowest first, of one repetition.</summary>
    public ProfileRow[] Operators() => Rows(entry => entry.Operator);

    /// <summary>Layers, the slowest first, of one repetition.</summary>
    public ProfileRow[] Layers() => Rows(entry => entry.Layer.Length > 0 ? entry.Layer : "(no layer)");

    private ProfileRow[] Rows(Func<ProfileEntry, string> name) =>
    [
        .. Entries.GroupBy(name)
            .Select(group => new ProfileRow(group.Key, group.Sum(entry => entry.Count) / (double)Repeats,
                Spent(group, backward: false), Spent(group, backward: true)))
            .OrderByDescending(row => row.Seconds),
    ];

    private double Spent(IEnumerable<ProfileEntry> entries, bool backward) =>
        entries.Where(entry => entry.Backward == backward).Sum(entry => entry.Seconds) / Repeats;
}

/// <summary>A line of a profile.</summary>
/// <param name="Name">operator or layer</param>
/// <param name="Calls">of operators, in one repetition</param>
/// <param name="Forward">seconds going forward</param>
/// <param name="Backward">seconds of gradients</param>
internal sealed record ProfileRow(string Name, double Calls, double Forward, double Backward)
{
    /// <summary>Both.</summary>
    public double Seconds => Forward + Backward;
}
