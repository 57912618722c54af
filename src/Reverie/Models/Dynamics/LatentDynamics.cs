using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models.Dynamics;

/// <summary>
/// A model of how latents follow each other: the prior p(s_t | past, action), which has not seen o_t, and the
/// posterior q(s_t | past, action, o_t), which has. <c>action</c> is always the action that led to row t.
/// </summary>
/// <remarks>
/// Noise comes in as numbers that <see cref="Noise"/> drew, so that every function here is a plain one: the same
/// numbers in, the same state out. Without noise the state is the most probable one, a Gaussian's mean.
/// </remarks>
public abstract class LatentDynamics(int stochSize, int deterSize, Initializer init) : Module
{
    /// <summary>S.</summary>
    public int StochSize { get; } = stochSize;

    /// <summary>D.</summary>
    public int DeterSize { get; } = deterSize;

    /// <summary>Width of <see cref="Feature"/>.</summary>
    public virtual int FeatureSize => StochSize + DeterSize;

    /// <summary>The zero state before the first row, for <paramref name="batch"/> sequences.</summary>
    public LatentState Initial(long batch) =>
        new(Zeros(batch, DeterSize), Zeros(batch, StochSize), ZeroDistribution(batch));

    /// <summary>The numbers that decide the samples of that many rows: standard normal, (rows…, S), unless the dynamics
    /// says otherwise.</summary>
    public virtual Tensor Noise(ReadOnlySpan<long> rows, Generator generator, DType dtype = DType.Float32) =>
        Tensor.Randn([.. rows, StochSize], generator, dtype);

    /// <summary>What the heads see of a state: [s, h], (…, F).</summary>
    public virtual Tensor Feature(LatentState state) => Tensor.Cat([state.Stoch, state.Deter], -1);

    /// <summary>One step without an observation.</summary>
    /// <param name="previous">State of row t − 1, parts (B, ·).</param>
    /// <param name="action">(B, A), led to row t.</param>
    /// <param name="noise"><see cref="Noise"/> of B rows, or null for the most probable state.</param>
    public abstract LatentState PriorStep(LatentState previous, Tensor action, Tensor? noise);

    /// <summary>Whether steps are draws; otherwise noise and temperature change nothing.</summary>
    public virtual bool DrawsLatents => StochSize > 0;

    /// <summary>A step of the prior that is surer below a temperature of 1 and less sure above it (W §4): here
    /// deviations of normal distributions times √τ, wherever in the step they are used.</summary>
    /// <param name="previous">State of row t − 1, parts (B, ·).</param>
    /// <param name="action">(B, A), led to row t.</param>
    /// <param name="noise"><see cref="Noise"/> of B rows.</param>
    /// <param name="temperature">τ, above 0.</param>
    public virtual LatentState DreamStep(LatentState previous, Tensor action, Tensor noise, double temperature) =>
        PriorStep(previous, action, noise * Math.Sqrt(temperature));

    /// <summary>The same step with what the observation of row t says.</summary>
    /// <param name="previous">State of row t − 1.</param>
    /// <param name="action">(B, A), led to row t.</param>
    /// <param name="prior">What <see cref="PriorStep"/> made of both; its noise does not matter here.</param>
    /// <param name="embed">(B, E), the encoder's view of o_t.</param>
    /// <param name="noise"><see cref="Noise"/> of B rows, or null for the most probable state.</param>
    public abstract LatentState PosteriorStep(LatentState previous, Tensor action, LatentState prior, Tensor embed, Tensor? noise);

    /// <summary>Filters a chunk.</summary>
    /// <param name="embed">(L, B, E).</param>
    /// <param name="actions">(L, B, A).</param>
    /// <param name="continues">(L, B, 1), 0 on rows that begin an episode, or null where only the first row
    /// may.</param>
    /// <param name="initial">State before the first row.</param>
    /// <param name="noise"><see cref="Noise"/> of L by B rows.</param>
    /// <returns>Posterior and prior of every row, parts (L, B, ·); the prior's sample is its most probable
    /// state.</returns>
    public virtual (LatentState Posterior, LatentState Prior) Observe(Tensor embed, Tensor actions, Tensor? continues,
        LatentState initial, Tensor noise)
    {
        var posteriors = new List<LatentState>();
        var priors = new List<LatentState>();
        var state = initial;
        for (long t = 0; t < embed.Size(0); t++)
        {
            var (previous, action) = Reset(state, actions[t], continues?[t]);
            var prior = PriorStep(previous, action, null);
            state = PosteriorStep(previous, action, prior, embed[t], noise[t]);
            priors.Add(prior);
            posteriors.Add(state);
        }
        return (LatentState.Stack(posteriors), LatentState.Stack(priors));
    }

    /// <summary>Rolls the prior forward along given actions.</summary>
    /// <param name="start">Parts (N, ·).</param>
    /// <param name="actions">(H, N, A).</param>
    /// <param name="noise"><see cref="Noise"/> of H by N rows, or null for the most probable states.</param>
    /// <returns>The H states arrived at, parts (H, N, ·); the start is not among them.</returns>
    public LatentState Imagine(LatentState start, Tensor actions, Tensor? noise)
    {
        var states = new List<LatentState>();
        var state = start;
        for (long k = 0; k < actions.Size(0); k++)
            states.Add(state = PriorStep(state, actions[k], noise?[k]));
        return states.Count > 0 ? LatentState.Stack(states) : start.Map(part => part.Unsqueeze(0).Narrow(0, 0, 0));
    }

    /// <summary>Zeroes the state and the action of rows that begin an episode.</summary>
    protected static (LatentState Previous, Tensor Action) Reset(LatentState previous, Tensor action, Tensor? continues) =>
        continues is null ? (previous, action) : (previous.Masked(continues), action * continues);

    /// <summary>Zeros of the model's type and place, (batch, size).</summary>
    protected Tensor Zeros(long batch, int size) => init.Zeros(batch, size);

    /// <summary>The distribution of the zero state.</summary>
    protected virtual LatentDistribution ZeroDistribution(long batch) =>
        new GaussianLatent(Zeros(batch, StochSize), Zeros(batch, StochSize));
}
