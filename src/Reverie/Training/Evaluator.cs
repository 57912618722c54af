using Reverie.Agents;

namespace Reverie.Training;

/// <summary>Plays episodes without exploration and sums up their returns.</summary>
/// <param name="collector">Where to play.</param>
public sealed class Evaluator(Collector collector)
{
    /// <summary>Plays that many episodes of each task, as many at once as there are environments.</summary>
    /// <param name="agent">Who acts.</param>
    /// <param name="episodes">Number of returns of each task.</param>
    /// <param name="seed">Decides environments and the agent's randomness; the training is not touched.</param>
    /// <param name="cancel">Leaves between two decisions.</param>
    /// <param name="played">Told of each episode as it ends.</param>
    /// <exception cref="ReverieException">An environment crashed again and again.</exception>
    public Evaluation Evaluate(IAgent agent, int episodes, ulong seed, CancellationToken cancel = default,
        Action<Replay.Episode>? played = null)
    {
        var returns = new List<double>();
        var (restarts, tasks) = (0, collector.Tasks.Count);
        for (ulong round = 0; returns.Count < episodes * tasks; round++)
            foreach (var collected in collector.Collect(agent, ActMode.Evaluate,
                RandomSource.Derive(seed, RandomStream.Evaluation, round).NextUInt64(), cancel,
                Math.Min(collector.Count, episodes * tasks - returns.Count)))
            {
                restarts += collected.Restarts;
                returns.Add(collected.Episode.Return);
                played?.Invoke(collected.Episode);
            }
        // Environments are as many of each task, so that returns come in the order of the tasks, round by round.
        return Evaluation.Of(returns) with
        {
            Restarts = restarts,
            Tasks = tasks == 1 ? [] : [.. Enumerable.Range(0, tasks).Select(
                task => Evaluation.Of([.. returns.Where((_, i) => i % tasks == task)]))],
        };
    }
}
