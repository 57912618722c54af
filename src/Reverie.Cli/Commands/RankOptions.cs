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
        Description = "with --ranks or --actors: seconds without a sign of life after which a rank counts as gone [default: 30]",
        HelpName = "S",
    }.AtLeast(3);

    private readonly Option<int> actors = new Option<int>("--actors")
    {
        Description = "processes that only play, beside the one that learns: started here, or by srun, mpirun or torchrun as "
            + "M + 1, each with this command",
        HelpName = "M",
    }.AtLeast(1);

    private readonly Option<int> refresh = new Option<int>("--actor-refresh")
    {
        Description = "with --actors: updates after which they play with new parameters [default: 25]",
        HelpName = "K",
    }.AtLeast(1);

    /// <summary>Puts the options on a verb.</summary>
    public void AddTo(Command verb) => verb.AddAll(ranks, actors, refresh, silence);

    /// <summary>Puts those on a verb that may be said of several runs.</summary>
    public void AddRanksTo(Command verb) => verb.AddAll(ranks, silence);

    /// <summary>How many there are, and how long one may be silent; null for one process alone.</summary>
    /// <exception cref="ReverieException">They contradict each other.</exception>
    public (int Count, TimeSpan Silence)? Of(ParseResult parsed)
    {
        if (!IsTyped(parsed, ranks))
            return IsTyped(parsed, silence) && !IsTyped(parsed, actors)
                ? throw new ReverieException($"{silence.Name}: goes together with {ranks.Name} or {actors.Name}") : null;
        return parsed.GetValue(ranks) is var count and > 1 ? (count, SilenceOf(parsed)) : null;
    }

    /// <summary>How many only play, and after how many updates they get new parameters; null where the one that learns plays
    /// itself.</summary>
    /// <exception cref="ReverieException">They contradict each other.</exception>
    public (int Count, int Refresh, TimeSpan Silence)? ActorsOf(ParseResult parsed)
    {
        if (!IsTyped(parsed, actors))
            return IsTyped(parsed, refresh) ? throw new ReverieException($"{refresh.Name}: goes together with {actors.Name}") : null;
        return IsTyped(parsed, ranks)
            ? throw new ReverieException($"{actors.Name}: play for one process that learns; leave {ranks.Name} out")
            : (parsed.GetValue(actors), IsTyped(parsed, refresh) ? parsed.GetValue(refresh) : 25, SilenceOf(parsed));
    }

    /// <summary>Which of them this process is; null where nobody started it as one, so that it is to start all.</summary>
    /// <exception cref="ReverieException">The launcher has started another number.</exception>
    public static RankPlace? PlaceAmong(int count) => RankPlace.FromEnvironment() is not { } place ? null
        : place.Count == count ? place
        : throw new ReverieException($"--ranks {count}, but what started this process says there are {place.Count} of them; give "
            + $"--ranks {place.Count}, or start {count}");

    /// <summary>The same of one that learns and others that play.</summary>
    /// <inheritdoc cref="PlaceAmong"/>
    public static RankPlace? PlaceWithActors(int count) => RankPlace.FromEnvironment() is not { } place ? null
        : place.Count == count + 1 ? place
        : throw new ReverieException($"--actors {count} are {count + 1} processes with the one that learns, but what started this one "
            + $"says there are {place.Count} of them");

    private static bool IsTyped(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private TimeSpan SilenceOf(ParseResult parsed) =>
        TimeSpan.FromSeconds(IsTyped(parsed, silence) ? parsed.GetValue(silence) : 30);
}
