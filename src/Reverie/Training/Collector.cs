using Reverie.Agents;
using Reverie.Environments;
using Reverie.Replay;

namespace Reverie.Training;

/// <summary>Runs whole episodes, one in each of its environments at a time.</summary>
/// <param name="environments">All of one task.</param>
/// <param name="layout">What their rows are made of.</param>
public sealed class Collector(IReadOnlyList<IEnvironment> environments, EpisodeLayout layout)
{
    /// <summary>Episodes that one call collects.</summary>
    public int Count => environments.Count;

    /// <summary>Collects an episode from every environment. The episodes follow from the agent and the seed alone.</summary>
    /// <param name="agent">Who acts.</param>
    /// <param name="mode">With exploration or without.</param>
    /// <param name="seed">Decides the environments and the agent's randomness.</param>
    /// <param name="cancel">Leaves between two decisions; the unfinished episodes are dropped.</param>
    public Episode[] Collect(IAgent agent, ActMode mode, ulong seed, CancellationToken cancel = default)
    {
        using var state = agent.Begin(Count, RandomSource.Derive(seed, RandomStream.Acting).NextUInt64());
        var recorders = environments.Select(_ => new EpisodeRecorder(layout)).ToArray();
        var rows = new TimeStep[Count];
        for (var n = 0; n < Count; n++)
        {
            rows[n] = environments[n].Reset(RandomSource.Derive(seed, RandomStream.Episode, (ulong)n).NextInt(int.MaxValue));
            recorders[n].Begin(rows[n]);
        }
        while (recorders.Any(recorder => !recorder.IsComplete))
        {
            cancel.ThrowIfCancellationRequested();
            var actions = agent.Act(rows, state, mode);
            for (var n = 0; n < Count; n++)
            {
                if (recorders[n].IsComplete) continue;
                var action = actions.AsSpan(n * layout.ActionSize, layout.ActionSize);
                rows[n] = environments[n].Step(action);
                recorders[n].Add(action, rows[n]);
            }
        }
        return Array.ConvertAll(recorders, recorder => recorder.Finish());
    }
}
