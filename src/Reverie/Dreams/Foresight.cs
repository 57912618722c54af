using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.IO;

namespace Reverie.Dreams;

/// <summary>
/// What an agent looks ahead at in some states of an episode: a planner's candidates, iteration by iteration, or what
/// an actor imagines that it will do.
/// </summary>
/// <param name="Rows">Rows of the episode that it was asked in, K.</param>
public sealed record Foresight(int[] Rows)
{
    private const int MostStates = 6;
    private const int Horizon = 15;     // D App. A

    /// <summary>Returns of the planner's candidates, (K, I, J); null for an agent that does not plan.</summary>
    public NpyArray? Candidates { get; init; }

    /// <summary>Rewards expected on the imagined way, (K, H); null for a planner.</summary>
    public NpyArray? Rewards { get; init; }

    /// <summary>Values of the imagined states, (K, H); null for a planner.</summary>
    public NpyArray? Values { get; init; }

    /// <summary>Imagined pictures, uint8 (K, H, height, width, C), several views side by side; null where there are
    /// none.</summary>
    public NpyArray? Pictures { get; init; }

    /// <summary>Lets the agent look ahead from states spread over the beginning of an episode.</summary>
    /// <param name="agent">Who; one that neither plans nor imagines gives null.</param>
    /// <param name="episode">What it filters.</param>
    /// <param name="length">Rows of the episode that states are taken from; fewer where it is shorter.</param>
    /// <param name="seed">Decides all samples.</param>
    public static Foresight? Of(ModelAgent agent, Episode episode, int length, ulong seed)
    {
        var rows = Math.Min(length, episode.Rows - 1);
        var count = Math.Min(MostStates, rows);
        int[] chosen = [.. Enumerable.Range(0, count).Select(i => i * (rows - 1) / Math.Max(1, count - 1)).Distinct()];
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var noise = new Generator(agent.Device, seed);
        LatentState States() => FilteredStates(agent, episode, rows, chosen, noise, (long)seed);
        return agent switch
        {
            IPlanningAgent { Planner: var planner } => Considered(agent.Model, planner, States(), chosen, noise),
            ActorCriticAgent imagining => Imagined(imagining, States(), chosen, noise),
            _ => null,
        };
    }

    /// <summary>All that there is, by the names that the files have.</summary>
    public IEnumerable<KeyValuePair<string, NpyArray>> Arrays()
    {
        yield return new("rows", new NpyArray(Rows, Rows.Length));
        foreach (var (name, array) in new[]
        {
            ("candidates", Candidates), ("rewards", Rewards), ("values", Values), ("pictures", Pictures),
        })
            if (array is not null)
                yield return new(name, array);
    }

    private static LatentState FilteredStates(
        ModelAgent agent, Episode episode, int rows, int[] chosen, Generator noise, long noiseSeed)
    {
        var chunk = new SequenceBatch(episode.Layout, rows, 1);
        chunk.CopyFrom(episode, 0, rows, 0, 0);
        var batch = ModelBatch.From(chunk, agent.Device);
        var (posterior, _) = agent.Model.Observe(agent.Model.Preprocess(batch.Seen, noiseSeed), batch, noise);
        return posterior.Map(part => Tensor.Cat([.. chosen.Select(row => part[row])]));     // (K, ·)
    }

    private static Foresight? Considered(
        WorldModel model, IPlanner planner, LatentState states, int[] rows, Generator noise)
    {
        var iterations = new List<float[]>();                                               // I of (K, J)
        planner.Plan(model, states, noise,
            returns => iterations.Add(returns.To(DType.Float32).ToArray<float>()));
        if (iterations.Count == 0) return null;
        var candidates = iterations[0].Length / rows.Length;
        var all = new float[rows.Length * iterations.Count * candidates];
        for (var k = 0; k < rows.Length; k++)
            for (var i = 0; i < iterations.Count; i++)
                iterations[i].AsSpan(k * candidates, candidates)
                    .CopyTo(all.AsSpan((k * iterations.Count + i) * candidates));
        return new(rows) { Candidates = new NpyArray(all, rows.Length, iterations.Count, candidates) };
    }

    private static Foresight Imagined(ActorCriticAgent agent, LatentState states, int[] rows, Generator noise)
    {
        var model = agent.Model;
        var way = Imagination.Rollout(model.Dynamics, states, feature => agent.Policy(feature, noise).Sample(noise), Horizon,
            noise).Arrived.Transpose(0, 1).Contiguous();          // (K, H, F)
        var (count, horizon) = ((int)way.Size(0), (int)way.Size(1));
        var drawn = model.Decode(way).GetValueOrDefault(Observation.ImageKind);
        return new(rows)
        {
            Rewards = Numbers(model.Reward.Forward(way).Mean),
            Values = Numbers(agent.Critic.Forward(way).Mean),
            Pictures = drawn is not null && model.Layout.Image is { } image
                ? Drawn(model.Postprocess(drawn.Mean), image, count, horizon) : null,
        };
    }

    private static NpyArray Drawn(byte[] pictures, ImageSpace image, int count, int horizon)
    {
        if (image.Views.Count > 0) (pictures, image) = (image.ToRgb(pictures), image.ToShown());
        return new NpyArray(pictures, count, horizon, image.Height, image.Width, image.Channels);
    }

    private static NpyArray Numbers(Tensor tensor) =>
        new(tensor.To(DType.Float32).ToArray<float>(), Array.ConvertAll(tensor.Shape.ToArray(), extent => (int)extent));
}
