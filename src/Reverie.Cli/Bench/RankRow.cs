namespace Reverie.Cli.Bench;

/// <summary>What an update would take on several ranks. Computed, not measured.</summary>
/// <param name="Ranks">how many divide the batch</param>
/// <param name="Gigabits">that the network carries in a second, each way</param>
/// <param name="Seconds">of an update</param>
/// <param name="CommunicationShare">part of it in which gradients go between ranks</param>
/// <param name="TimesAsFast">as one rank with the whole batch</param>
internal sealed record RankRow(int Ranks, int Gigabits, double Seconds, double CommunicationShare, double TimesAsFast)
{
    /// <summary>What the rows go by, for people.</summary>
    public const string Premises = "computed, not measured: the time of an update divided by the ranks, and after it, not during it, "
        + "float32 gradients in a ring, 2(N−1)/N of them each way, without latency";

    private static readonly int[] Networks = [10, 100], Counts = [2, 4, 8, 16, 32, 64];

    /// <summary>Rows for 2 to 64 ranks over 10 and 100 Gbit/s.</summary>
    /// <param name="seconds">of an update on one rank</param>
    /// <param name="gradients">numbers that ranks average</param>
    public static RankRow[] Of(double seconds, long gradients) =>
    [
        .. from network in Networks
           from ranks in Counts
           let communication = 2.0 * (ranks - 1) / ranks * gradients * (8 * sizeof(float)) / (network * 1e9)
           let all = seconds / ranks + communication
           select new RankRow(ranks, network, all, communication / all, seconds / all),
    ];
}
