using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models.Dynamics;

/// <summary>
/// M of World Models (W §2.2, App. A.2): an LSTM of latent and action, whose state predicts the next latent as mixtures
/// of normal distributions (Graves 2013), and if asked whether the episode ends and what the reward is.
/// </summary>
/// <remarks><code>
/// row                    0            1                 2              action[t] leads to row t
/// memory (h, c)          0     →      from z_0, a_1  →  from z_1, a_2
/// prior of z_t                        mixture           mixture        read from h_t, which has not seen row t
/// done, reward                        of row 1          of row 2       read from h_t as well
/// posterior of z_t       V            V                 V              what the encoder says of the picture alone
/// </code>
/// The state is [h, c] as <see cref="LatentState.Deter"/>. It is empty, zero, on the row that begins an episode; where
/// done is predicted an input says so, the "restart flag" of the authors' code.</remarks>
public sealed class MdnRnn : LatentDynamics
{
    private readonly LstmCell lstm;
    private readonly Linear output;
    private readonly int units, mixtures, choices;

    /// <summary>Makes the layers.</summary>
    /// <param name="config">Sizes and heads.</param>
    /// <param name="latents">Z.</param>
    /// <param name="actionSize">A.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    public MdnRnn(MemoryConfig config, int latents, int actionSize, Initializer init)
        : base(latents, 2 * config.Units, init)
    {
        (units, mixtures, choices) = (config.Units, config.Mixtures, config.Joint ? 1 : latents);
        (HasDone, HasReward) = (config.Done, config.Reward);
        lstm = Register("lstm", new LstmCell(latents + actionSize + (HasDone ? 1 : 0), units, init));
        var heads = (HasDone ? 1 : 0) + (HasReward ? 1 : 0);
        output = Register("output", new Linear(units, heads + (choices + 2 * latents) * mixtures, init));
    }

    /// <summary>Whether the end of episodes is predicted.</summary>
    public bool HasDone { get; }

    /// <summary>Whether rewards are predicted.</summary>
    public bool HasReward { get; }

    /// <summary>Z + units.</summary>
    public override int FeatureSize => StochSize + units;

    /// <summary>[z, h]: what C sees (W §2.3).</summary>
    public override Tensor Feature(LatentState state) => Tensor.Cat([state.Stoch, Hidden(state)], -1);

    /// <summary>h of [h, c].</summary>
    public Tensor Hidden(LatentState state) => state.Deter.Narrow(-1, 0, units);

    /// <summary>2Z numbers a row: uniform ones that choose components, standard normal ones for the rest.</summary>
    public override Tensor Noise(ReadOnlySpan<long> rows, Generator generator, DType dtype = DType.Float32)
    {
        var uniform = Tensor.Rand([.. rows, StochSize], generator, dtype);
        return Tensor.Cat([uniform, Tensor.Randn([.. rows, StochSize], generator, dtype)], -1);
    }

    /// <summary>What follows a state and an action: the memory after it (B, 2·units).</summary>
    public Tensor Recur(LatentState previous, Tensor action)
    {
        var memory = previous.Deter.Split(units, -1);
        var inputs = HasDone ? Tensor.Cat([previous.Stoch, action, Empty(previous.Deter)], -1)
            : Tensor.Cat([previous.Stoch, action], -1);
        var (h, c) = lstm.Forward(inputs, memory[0], memory[1]);
        return Tensor.Cat([h, c], -1);
    }

    /// <summary>What a memory (…, 2·units) predicts of its row.</summary>
    public MdnPrediction Predict(Tensor deter) => Read(deter.Narrow(-1, 0, units));

    /// <summary>As <see cref="Predict"/>, from h alone (…, units).</summary>
    internal MdnPrediction Read(Tensor hidden)
    {
        var wide = (long)StochSize * mixtures;
        // Cut at once: every cut of its own would have a gradient of the whole output's size.
        var parts = output.Forward(hidden).Split([.. HasDone ? [1L] : Array.Empty<long>(),
            .. HasReward ? [1L] : Array.Empty<long>(), (long)choices * mixtures, wide, wide], -1);
        var at = 0;
        var done = HasDone ? parts[at++].Squeeze(-1) : null;
        var reward = HasReward ? parts[at++].Squeeze(-1) : null;
        return new(new(parts[at], parts[at + 1], parts[at + 2], mixtures), done, reward);
    }

    /// <inheritdoc/>
    public override LatentState PriorStep(LatentState previous, Tensor action, Tensor? noise)
    {
        var deter = Recur(previous, action);
        var next = Predict(deter).Next;
        return new(deter, next.Sample(noise), next);
    }

    /// <inheritdoc/>
    /// <remarks>Log-weights of choices are divided by τ, deviations multiplied by √τ.</remarks>
    public override LatentState DreamStep(LatentState previous, Tensor action, Tensor noise, double temperature)
    {
        var next = PriorStep(previous, action, null);
        return next with { Stoch = next.Distribution.Tempered(temperature).Sample(noise) };
    }

    /// <summary>Memory of the prior, latent of the encoder: <paramref name="embed"/> is what <see cref="Vae.Encode"/>
    /// gave, (B, 2Z). Of the noise the normal half is used.</summary>
    public override LatentState PosteriorStep(
        LatentState previous, Tensor action, LatentState prior, Tensor embed, Tensor? noise)
    {
        var latent = Vae.Latent(embed);
        return new(prior.Deter, latent.Sample(noise?.Narrow(-1, StochSize, StochSize)), latent);
    }

    /// <inheritdoc/>
    /// <remarks>The first row, and every row that begins an episode, has an empty memory. What does not depend on the
    /// recurrence, inputs and mixtures, is computed for all rows at once.</remarks>
    public override (LatentState Posterior, LatentState Prior) Observe(Tensor embed, Tensor actions, Tensor? continues,
        LatentState initial, Tensor noise)
    {
        var encoded = Vae.Latent(embed);
        var latents = encoded.Sample(noise.Narrow(-1, StochSize, StochSize));               // (L, B, Z)
        var memories = Remember(latents, actions, continues, initial);
        var deter = Tensor.Cat([Tensor.Stack([.. memories.Select(memory => memory.Hidden)]),
            Tensor.Stack([.. memories.Select(memory => memory.Cell)])], -1);                // (L, B, 2·units)
        var next = Predict(deter).Next;
        return (new(deter, latents, encoded), new(deter, next.Sample(null), next));
    }

    /// <summary>h and c of every row, each (B, units), from latents (L, B, Z) and actions (L, B, A).</summary>
    internal IReadOnlyList<(Tensor Hidden, Tensor Cell)> Remember(
        Tensor latents, Tensor actions, Tensor? continues, LatentState initial)
    {
        var steps = latents.Size(0) - 1;
        var (memory, parts) = (initial.Deter.Split(units, -1), new List<Tensor>());
        var rows = new List<(Tensor Hidden, Tensor Cell)> { (memory[0], memory[1]) };
        if (steps == 0) return rows;
        parts.AddRange([latents.Narrow(0, 0, steps), actions.Narrow(0, 1, steps)]);
        if (HasDone) parts.Add(Restarts(steps, continues, initial));
        var inputs = Tensor.Cat([.. parts], -1);                                            // (L − 1, B, ·)
        for (long t = 1; t <= steps; t++)
        {
            var (h, c) = lstm.Forward(inputs[t - 1], rows[^1].Hidden, rows[^1].Cell);
            rows.Add(continues is null ? (h, c) : (h * continues[t], c * continues[t]));
        }
        return rows;
    }

    // Empty of the memories that steps begin with, (L − 1, B, 1).
    private static Tensor Restarts(long steps, Tensor? continues, LatentState initial)
    {
        var first = Empty(initial.Deter).Unsqueeze(0);
        if (steps == 1) return first;
        var others = continues is null ? Tensor.Zeros([steps - 1, first.Size(1), 1], first.DType, first.Device)
            : -continues.Narrow(0, 1, steps - 1) + 1;
        return Tensor.Cat([first, others], 0);
    }

    /// <inheritdoc/>
    protected override LatentDistribution ZeroDistribution(long batch)
    {
        var wide = StochSize * mixtures;
        return new MixtureLatent(Zeros(batch, choices * mixtures), Zeros(batch, wide), Zeros(batch, wide), mixtures);
    }

    // 1 where a memory holds nothing, (B, 1): an LSTM that took a step holds something.
    private static Tensor Empty(Tensor deter) => deter.Detach().Abs().Amax(-1, keepDim: true).Eq(0).To(deter.DType);
}
