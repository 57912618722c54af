using System.CommandLine;
using Reverie.Cli.Display;
using Reverie.Cli.Sweep;
using Reverie.Torch.Ranks;

namespace Reverie.Cli.Commands;

/// <summary>The options of a run that several processes work on together.</summary>
internal sealed class RankOptions
{
    private readonly Option<int> ranks = new Option<int>("--ranks")
    {
        Description = "processes that learn together, each from its share of every batch: started here, or by srun, mpirun or "
            + "torchrun, each with this command",
        HelpName = "N",
    }.AtLeast(1);

    private readonly Option<int> silence = new Option<int>("--rank-timeout")
    {
        Description = "with --ranks: seconds without a sign of life after which a rank counts as gone [default: 30]",
        HelpName = "S",
    }.AtLeast(3);

    /// <summary>Puts the options on a verb.</summary>
    public void AddTo(Command verb) => verb.AddAll(ranks, silence);

    /// <summary>How many there are, and how long one may be silent; null for one process alone.</summary>
    /// <exception cref="ReverieException">They contradict each other.</exception>
    public (int Count, TimeSpan Silence)? Of(ParseResult parsed)
    {
        if (parsed.GetResult(ranks) is not { Implicit: false })
            return parsed.GetResult(silence) is { Implicit: false }
                ? throw new ReverieException($"{silence.Name}: goes together with {ranks.Name}") : null;
        var seconds = parsed.GetResult(silence) is { Implicit: false } ? parsed.GetValue(silence) : 30;
        return parsed.GetValue(ranks) is var count and > 1 ? (count, TimeSpan.FromSeconds(seconds)) : null;
    }

    /// <summary>Which of them this process is; null where nobody started it as one, so that it is to start all.</summary>
    /// <exception cref="ReverieException">The launcher has started another number.</exception>
    public static RankPlace? PlaceAmong(int count) => RankPlace.FromEnvironment() is not { } place ? null
        : place.Count == count ? place
        : throw new ReverieException($"--ranks {count}, but what started this process says there are {place.Count} of them; give "
            + $"--ranks {place.Count}, or start {count}");
}
