namespace Reverie.Runtime;

/// <summary>How far and how hard is planned.</summary>
internal sealed class PlannerSettings
{
    private const int MostEntries = 1 << 28;

    public PlannerSettings(AgentFile file, int actionSize)
    {
        (Horizon, Iterations) = (file.Number("horizon"), file.Number("iterations"));
        (Candidates, Elites) = (file.Number("candidates"), file.Number("elites"));
        if (Elites < 1 || Elites > Candidates || Horizon < 1) throw file.Broken("its planner has no elites or no horizon");
        if ((double)Candidates * Horizon * actionSize > MostEntries)
            throw file.Broken("its planner has more candidates than can be held");
    }

    /// <summary>Decisions ahead.</summary>
    public int Horizon { get; }

    /// <summary>Times that the belief is refitted.</summary>
    public int Iterations { get; }

    /// <summary>Sequences each time.</summary>
    public int Candidates { get; }

    /// <summary>How many of them it is refitted to.</summary>
    public int Elites { get; }
}
