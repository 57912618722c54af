using System.Globalization;
using Reverie.Agents;
using Reverie.Replay;
using Reverie.Torch.Ranks;

namespace Reverie.Training;

/// <summary>The learner's side of actors: hands out tickets and parameters, and takes what was played, through the store of all
/// ranks. Rank 0 learns; all others play.</summary>
/// <param name="store">A connection of its own; the caller disposes it.</param>
/// <param name="count">How many play.</param>
/// <param name="refresh">Updates after which they get new parameters.</param>
internal sealed class ActorPool(RankStore store, int count, int refresh)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly int[] given = new int[count + 1], taken = new int[count + 1];   // number of the last ticket, by rank
    private long published = -1;

    /// <summary>How many play.</summary>
    public int Count => count;

    /// <summary>Tickets whose episodes are not here yet.</summary>
    public int UnderWay => given.Sum() - taken.Sum();

    /// <summary>Hands out parameters where they are due, takes what was played since, and gives work to who has none. Does not
    /// wait.</summary>
    /// <param name="agent">Who learns.</param>
    /// <param name="updates">What it has learned.</param>
    /// <param name="layout">What its rows are made of.</param>
    /// <param name="record">Takes what came in, of each actor at most one.</param>
    /// <param name="next">What is to be played next; null where nothing is for now.</param>
    public void Exchange(IAgent agent, long updates, EpisodeLayout layout, Action<ActorParcel> record, Func<ActorTicket?> next)
    {
        Publish(agent, updates);
        for (var rank = 1; rank <= count; rank++)
        {
            if (given[rank] == taken[rank] || store.Find(ActorTicket.DoneBy(rank)) != Text(given[rank])) continue;
            taken[rank] = given[rank];
            record(ActorParcel.From(store.FindBytes(ActorTicket.PlayedBy(rank))!, layout));
        }
        for (var rank = 1; rank <= count; rank++)
            if (given[rank] == taken[rank] && next() is { } ticket)
                store.Set(ActorTicket.TicketOf(rank), (ticket with { Number = ++given[rank] }).ToBytes());
    }

    /// <summary>Waits a moment, where nothing is to be learned before something comes in.</summary>
    public static void Wait(CancellationToken cancel) => cancel.WaitHandle.WaitOne(Pause);

    private void Publish(IAgent agent, long updates)
    {
        if (published >= 0 && updates < published + refresh) return;
        published = updates;
        store.Set(ActorTicket.Parameters, ActorParameters.Of(agent, updates));
        store.Set(ActorTicket.Version, Text(updates));
    }

    /// <summary>Sends all of them home; what they play at the moment is dropped.</summary>
    public void End() => store.Set(ActorTicket.Over, "");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
