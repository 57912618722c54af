using Reverie.Agents;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Dreams;

/// <summary>Imagined behaviour: an agent sees the beginning of an episode, then acts on what it imagines alone, while the
/// environment does the same actions. Works for whatever chooses in latent states, policy or planner.</summary>
/// <param name="Dream">What the environment did, beside what the agent imagined, row by row.</param>
/// <param name="Imagined">Rows that were imagined.</param>
/// <param name="ImaginedReturn">Sum of the rewards that the model expected on them.</param>
/// <param name="Return">Sum of the environment's, on the scale that the model predicts.</param>
public sealed record PolicyDream(OpenLoopDream Dream, int Imagined, double ImaginedReturn, double Return)
{
    /// <summary>Plays one episode, up to the last row that is shown.</summary>
    /// <param name="agent">Who acts, without exploration.</param>
    /// <param name="environments">The first of them plays.</param>
    /// <param name="layout">What their rows are made of.</param>
    /// <param name="from">Rows that the agent plays with open eyes before the first one shown.</param>
    /// <param name="length">Rows shown; fewer where the environment ends the episode before.</param>
    /// <param name="context">The first of them, which the agent sees; at least 1.</param>
    /// <param name="seed">Decides the episode, and the samples of the latents.</param>
    /// <param name="cancel">Leaves between two decisions.</param>
    /// <exception cref="ReverieException">Nothing is left to imagine: too much context, or too short an
    /// episode.</exception>
    public static PolicyDream Of(ModelAgent agent, ParallelEnvironments environments, EpisodeLayout layout, int from,
        int length, int context, ulong seed, CancellationToken cancel = default)
    {
        OpenLoopDream.DemandRows(from, length, context);
        using var scope = new TensorScope();
        using var state = agent.Begin(1, RandomSource.Derive(seed, RandomStream.Acting).NextUInt64());
        environments.Reset([RandomSource.Derive(seed, RandomStream.Episode).NextInt(int.MaxValue)]);
        var recorder = new EpisodeRecorder(layout);
        recorder.Begin(environments.Rows[0]);
        var features = new List<Tensor>();                                          // of each row shown, (1, F)
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var row = recorder.Rows - 1;
            var action = row < from + context
                ? agent.Act(environments.Rows, state, ActMode.Evaluate)
                : agent.ActInDream(state, ActMode.Evaluate);
            if (row >= from) features.Add(agent.Model.Dynamics.Feature(state.Latent!).Clone());     // of some it is a part of the state
            if (recorder.IsComplete) break;
            environments.Step(action);
            // What is shown ends here, whether the episode does or not.
            var last = environments.Rows[0].IsLast || recorder.Rows == from + length - 1;
            recorder.Add(action, environments.Rows[0] with { IsLast = last });
        }
        var episode = recorder.Finish();
        if (features.Count <= context)
            throw new ConfigurationException($"dream: the episode ended after {episode.Rows} rows; {context} rows of context "
                + $"from row {from} on leave nothing to imagine");
        var chunk = new SequenceBatch(layout, features.Count, 1);
        chunk.CopyFrom(episode, from, features.Count, 0, 0);
        return Of(agent, chunk, Tensor.Stack(features.ToArray()), context);
    }

    private static PolicyDream Of(ModelAgent agent, SequenceBatch chunk, Tensor features, int context)
    {
        using var noGrad = new NoGrad();
        var imagined = chunk.L - context;
        var expected = agent.Model.Reward.Forward(features.Narrow(0, context, imagined)).Mean.Sum();
        var target = agent.Model.RewardTarget(Tensor.FromArray(chunk.Reward[context..], [imagined], agent.Device)).Sum();
        return new(OpenLoopDream.Of(agent.Model.Show(chunk, features), chunk, context), imagined,
            expected.ToArray<float>()[0], target.ToArray<float>()[0]);
    }
}
