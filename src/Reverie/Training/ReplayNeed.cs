using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;

namespace Reverie.Training;

/// <summary>What a run's replay will need of memory and disk: said before the run, and again where episodes that were seen
/// say that it is more. It is guessed where nobody says how long episodes are.</summary>
internal sealed class ReplayNeed
{
    private readonly Config recorded;
    private readonly EpisodeLayout layout;
    private readonly LatentRows? latents;
    private readonly ILogger logger;
    private ReplayPreflight said;

    /// <summary>Reckons and says it.</summary>
    /// <param name="recorded">The configuration of what is kept.</param>
    /// <param name="layout">What a row is made of.</param>
    /// <param name="agent">Whose latents may be kept too.</param>
    /// <param name="folder">Where episodes go.</param>
    /// <param name="seen">What is on disk already.</param>
    /// <param name="logger">Told.</param>
    /// <exception cref="DataException">The directory cannot be written, or the disk has too little room.</exception>
    public ReplayNeed(Config recorded, EpisodeLayout layout, IAgent agent, string folder, EpisodesSeen seen, ILogger logger)
    {
        (this.recorded, this.layout, this.logger) = (recorded, layout, logger);
        latents = (agent as IStepAgent)?.LatentRows;
        said = ReplayPreflight.Check(recorded, layout, recorded.Repeat(), recorded.EpisodeDecisions(), folder, seen,
            latents: latents);
        Say();
    }

    /// <summary>Reckons again, after episodes.</summary>
    public void After(EpisodesSeen seen)
    {
        var need = said.After(recorded, layout, recorded.Repeat(), recorded.EpisodeDecisions(), seen, latents);
        if (!need.Exceeds(said)) return;
        said = need;
        Say();
    }

    private void Say()
    {
        foreach (var line in said.Lines) logger.Say(line);
    }
}
