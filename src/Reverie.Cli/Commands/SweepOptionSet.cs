using System.CommandLine;
using Reverie.Cli.Sweep;

namespace Reverie.Cli.Commands;

/// <summary>The options that say how many runs are worked through, for <c>sweep</c> and for <c>train --seeds</c>.
/// </summary>
internal sealed class SweepOptionSet
{
    private const int MostHours = 1000;

    private readonly Option<int> jobs = new Option<int>("--jobs")
    {
        Description = "runs at once, each on cores (or a GPU) of its own",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    }.AtLeast(1);

    private readonly Option<double?> hours = new("--hours")
    {
        Description = "after so many hours all runs save and the command ends; the same command goes on",
        HelpName = "H",
        CustomParser = OptionBounds.Number,
    };

    private readonly Option<string> record = new("--record")
    {
        Description = "append a line of results to this file for each finished run (.jsonl)",
        HelpName = "FILE",
    };

    /// <summary>The option that lists seeds.</summary>
    public static Option<string> Seeds() => new("--seeds")
    {
        Description = "seeds of everything random, one run each: 1-3, or 1,2,7",
        HelpName = "A-B",
    };

    /// <summary>Puts them on a verb.</summary>
    public void AddTo(Command verb) => verb.AddAll(jobs, hours, record);

    /// <summary>The one of them that was typed, or null.</summary>
    public string? Typed(ParseResult parsed) => new Option[] { jobs, hours, record }
        .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>What they come to.</summary>
    /// <exception cref="ReverieException">one is out of its range</exception>
    /// <param name="parsed">the command</param>
    /// <param name="ranks">what it says of ranks</param>
    public SweepOptions Of(ParseResult parsed, RankOptions ranks)
    {
        if (parsed.GetValue(hours) is { } limit && limit is not (> 0 and <= MostHours))
            throw new ReverieException($"--hours: give a number above 0, at most {MostHours}");
        if (parsed.GetValue(record) is { } path && Path.GetExtension(path) != Records.RecordFile.Extension)
            throw new ReverieException($"--record {path}: name a file that ends in {Records.RecordFile.Extension}");
        return new SweepOptions(
            parsed.GetValue(jobs), parsed.GetValue(hours) ?? double.PositiveInfinity, parsed.GetValue(record), ranks.Of(parsed));
    }
}
