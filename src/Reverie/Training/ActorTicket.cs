using System.Globalization;
using System.Text.Json;

namespace Reverie.Training;

/// <summary>What the learner asks of an actor: to play an episode in each of its environments.</summary>
/// <param name="Seed">Decides the episodes, with the parameters.</param>
/// <param name="IsRandom">Whether actions are random, as in the first episodes.</param>
/// <param name="EnvSteps">Environment steps that they may take together.</param>
internal sealed record ActorTicket(ulong Seed, bool IsRandom, long EnvSteps)
{
    /// <summary>Counts those of one actor, from 1; 0 is given to none.</summary>
    public int Number { get; init; }

    /// <summary>Where the actors find what all of them read: the parameters, the updates that made them, and that it is over.</summary>
    public const string Parameters = "parameters", Version = "version", Over = "over";

    /// <summary>Where an actor finds its ticket.</summary>
    public static string TicketOf(int rank) => Key("ticket", rank);

    /// <summary>Where the learner finds what one has played.</summary>
    public static string PlayedBy(int rank) => Key("played", rank);

    /// <summary>Where it finds the number of the ticket that this was.</summary>
    public static string DoneBy(int rank) => Key("done", rank);

    /// <summary>As bytes.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>From bytes.</summary>
    public static ActorTicket From(byte[] bytes) => JsonSerializer.Deserialize<ActorTicket>(bytes)!;

    private static string Key(string name, int rank) => $"{name}/{rank.ToString(CultureInfo.InvariantCulture)}";
}
