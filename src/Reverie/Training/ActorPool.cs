using System.Globalization;
using Reverie.Agents;
using Reverie.Torch.Ranks;

namespace Reverie.Training;

/// <summary>The learner's side of actors: hands out tickets and parameters, and takes what was played, through the store of all
/// ranks. Rank 0 learns; all others play.</summary>
/// <param name="store">A connection of its own; the caller disposes it.</param>
/// <param name="count">How many play.</param>
/// <param name="refresh">Updates after which they get new parameters.</param>
internal sealed class ActorPool(RankStore store, int count, int refresh)
{
    private readonly int[] given = new int[count + 1], taken = new int[count + 1];   // number of the last ticket, by rank
    private long published = -1;

    /// <summary>How many play.</summary>
    public int Count => count;

    /// <summary>Tickets whose episodes are not here yet.</summary>
    public int UnderWay => given.Sum() - taken.Sum();

    /// <summary>An actor that has nothing to do, or null.</summary>
    public int? Idle => Enumerable.Range(1, count).Cast<int?>().FirstOrDefault(rank => given[rank!.Value] == taken[rank.Value]);

    /// <summary>Gives an idle actor work.</summary>
    public void Give(int rank, ulong seed, bool isRandom, long envSteps) =>
        store.Set(ActorTicket.TicketOf(rank), new ActorTicket(++given[rank], seed, isRandom, envSteps).ToBytes());

    /// <summary>What has come in since, of each actor at most one; does not wait.</summary>
    public IEnumerable<ActorParcel> Take()
    {
        for (var rank = 1; rank <= count; rank++)
        {
            if (given[rank] == taken[rank] || store.Find(ActorTicket.DoneBy(rank)) != Text(given[rank])) continue;
            taken[rank] = given[rank];
            yield return ActorParcel.From(store.FindBytes(ActorTicket.PlayedBy(rank))!);
        }
    }

    /// <summary>Hands out the parameters where they are due.</summary>
    public void Publish(IAgent agent, long updates)
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
