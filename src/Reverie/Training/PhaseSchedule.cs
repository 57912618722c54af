using Reverie.Configuration;

namespace Reverie.Training;

/// <summary>What World Models learns at a time.</summary>
public enum Phase
{
    /// <summary>Episodes are collected: random ones, in later rounds C's.</summary>
    Collect,

    /// <summary>V learns.</summary>
    Vae,

    /// <summary>M learns.</summary>
    Memory,

    /// <summary>C is searched for.</summary>
    Controller,

    /// <summary>Nothing is left.</summary>
    Done,
}

/// <summary>The order of World Models' phases: counters alone say which is on.</summary>
public sealed class PhaseSchedule(Config config)
{
    /// <summary>Phase, round from 0, and the count of updates, or of episodes where they are collected, with which it is
    /// over. A generation of C counts as an update.</summary>
    public (Phase Phase, int Round, long Until) At(Counters counters)
    {
        var (episodes, updates) = (0L, 0L);
        for (var round = 0; round < config.Controller.Rounds; round++)
        {
            episodes += round == 0 ? config.Training.SeedEpisodes : config.Controller.RoundEpisodes;
            if (counters.Episodes < episodes) return (Phase.Collect, round, episodes);
            if (round == 0 && counters.Updates < (updates += config.Vae.Updates)) return (Phase.Vae, round, updates);
            if (counters.Updates < (updates += config.Memory.Updates)) return (Phase.Memory, round, updates);
            if (counters.Updates < (updates += config.Controller.Generations)) return (Phase.Controller, round, updates);
        }
        return (Phase.Done, config.Controller.Rounds, updates);
    }

    /// <summary>Episodes that all rounds collect.</summary>
    public long Episodes =>
        config.Training.SeedEpisodes + (config.Controller.Rounds - 1L) * config.Controller.RoundEpisodes;
}
