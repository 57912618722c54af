using Reverie.Configuration;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>The order of World Models' phases: counters alone say which is on.</summary>
public sealed class PhaseSchedule(Config config)
{
    /// <summary>Phase, round from 0, and the count of updates, or of episodes where they are collected, with which it
    /// is over. A generation of C counts as an update.</summary>
    public (Phase Phase, int Round, long Until) At(Counters counters)
    {
        var (episodes, updates) = (0L, 0L);
        for (var round = 0; round < config.Controller.Rounds; round++)
        {
            episodes += round == 0 ? FirstEpisodes : config.Controller.RoundEpisodes;
            if (counters.Episodes < episodes) return (Phase.Collect, round, episodes);
            // A world that was taken over is there from the beginning.
            if (round > 0 || Learns)
            {
                if (round == 0 && counters.Updates < (updates += config.Vae.Updates)) return (Phase.Vae, round, updates);
                if (counters.Updates < (updates += config.Memory.Updates)) return (Phase.Memory, round, updates);
            }
            updates += config.Controller.Generations;
            if (counters.Updates < updates) return (Phase.Controller, round, updates);
        }
        return (Phase.Done, config.Controller.Rounds, updates);
    }

    /// <summary>Episodes that all rounds collect.</summary>
    public long Episodes =>
        FirstEpisodes + (config.Controller.Rounds - 1L) * config.Controller.RoundEpisodes;

    /// <summary>Updates and generations of all rounds.</summary>
    public long Updates => (Learns ? (long)config.Vae.Updates + config.Memory.Updates : 0)
        + (config.Controller.Rounds - 1L) * config.Memory.Updates
        + (long)config.Controller.Rounds * config.Controller.Generations;

    private bool Learns => config.Controller.OtherWorld is null;

    private long FirstEpisodes => Learns ? config.Training.SeedEpisodes : 0;
}
