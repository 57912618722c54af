using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Runs;

/// <summary>What <c>compute.threads=auto</c> comes to: one thread where updates and plans are so small that waking others and
/// waiting for them takes what they save, else all cores. It follows from the configuration and the number of cores alone, so
/// that a run which goes on does so with as many.</summary>
internal static class ThreadChoice
{
    /// <summary>Gigaflop of an update or a plan from which on all cores pay.</summary>
    /// <remarks>From <c>dreamer,small</c> (docs/performance.md), 57 GFLOP: two threads take 0.143 s where one takes 0.207,
    /// and 0.37 where one takes 0.45 on a processor with less. Half of the one's time is saved and 0.04 and 0.145 s are lost,
    /// so that an update of as many operators would break even at 22 and at 37.</remarks>
    internal const double LeastGigaflop = 30;

    /// <summary>Sets the number of threads where the configuration leaves it to this.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="agent">Made from it.</param>
    /// <param name="seen">What it sees and does.</param>
    public static void Make(Config config, IAgent agent, EpisodeLayout seen)
    {
        if (config.Compute.Threads == ComputeConfig.AutoThreads && !agent.Device.IsCuda)
            Torch.Torch.Threads = For(Gigaflop(config, agent, seen), Environment.ProcessorCount);
    }

    /// <summary>The number of threads for work of that size.</summary>
    internal static int For(double gigaflop, int cores) => gigaflop < LeastGigaflop ? 1 : cores;

    /// <summary>Of the largest piece of work that a run does again and again; infinite where that is not known.</summary>
    internal static double Gigaflop(Config config, IAgent agent, EpisodeLayout seen)
    {
        if (agent is ICountedAgent counted) return 2e-9 * counted.Products.Update;
        var timed = AgentRegistry.Find(config.Agent).Timed;
        var arithmetic = new Arithmetic(config, seen);
        double[] pieces =
        [
            timed.Contains("update") ? arithmetic.Update : 0,
            timed.Contains("plan") && config.Planner.Collection != "random" ? arithmetic.Plan : 0,
            timed.Contains("update_v") ? arithmetic.UpdateV : 0, timed.Contains("update_m") ? arithmetic.UpdateM : 0,
        ];
        return pieces.Max() is > 0 and var most ? most : double.PositiveInfinity;
    }
}
