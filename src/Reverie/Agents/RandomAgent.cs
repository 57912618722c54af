using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Agents;

/// <summary>Random actions in [−1, 1], or one-hot choices: the seed episodes of every method here, and the baseline
/// below all others.</summary>
/// <param name="layout">What its environment takes.</param>
/// <param name="kind">As <c>exploration.random</c>: each uniform and anew; held, one for 1 to 10 decisions; or a
/// clipped Brownian walk, a ← clip(a + √(1/50)·N(0, 1)), of which one-hot actions choose the largest entry.</param>
public sealed class RandomAgent(EpisodeLayout layout, string kind = "uniform") : IAgent
{
    /// <summary>How it is known before one is made.</summary>
    public static AgentKind Kind { get; } = new()
    {
        Name = "random", Make = (config, layout, _, _) => new RandomAgent(layout, config.Exploration.Random),
    };

    private const int LongestHold = 10;                         // Wc
    private static readonly double Stride = Math.Sqrt(1 / 50.0);    // CT

    /// <inheritdoc/>
    public Device Device => Device.Cpu;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Module> Modules { get; } = new Dictionary<string, Module>();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Optimizer> Optimizers { get; } = new Dictionary<string, Optimizer>();

    /// <inheritdoc/>
    public AgentState Begin(int count, ulong seed) => new(count, Device, seed);

    /// <inheritdoc/>
    public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        var actions = new float[observations.Length * layout.ActionSize];
        // A row remembered: the decisions that its action is still held for, and the action.
        if (state.Numbers.Length == 0 && kind != "uniform")
            state.Numbers = new float[observations.Length * (1 + layout.ActionSize)];
        for (var n = 0; n < observations.Length; n++)
        {
            var action = actions.AsSpan(n * layout.ActionSize, layout.ActionSize);
            var mask = layout.Groups.IsMasked ? observations[n].ActionMask ?? [] : [];
            if (kind == "uniform")
            {
                Draw(action, state.Random, mask);
                continue;
            }
            var row = state.Numbers.AsSpan(n * (1 + layout.ActionSize), 1 + layout.ActionSize);
            if (observations[n].IsFirst) row.Clear();
            if (kind == "held") Hold(row, state.Random, mask);
            else Walk(row[1..], state.Random);
            row[1..].CopyTo(action);
            if (kind == "brownian") Decide(action, mask);
        }
        return actions;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed) => new Dictionary<string, Tensor>();

    /// <inheritdoc/>
    public void Dispose() { }

    private void Draw(Span<float> action, RandomSource random, bool[] mask)
    {
        action.Clear();
        foreach (var group in layout.Groups)
        {
            var part = action.Slice(group.Start, group.Size);
            if (group.IsChoice) part[OneOf(group, random, mask)] = 1;
            else
                foreach (ref var value in part) value = (float)random.NextDouble(-1, 1);
        }
    }

    // Drawn again until it is allowed.
    private static int OneOf(ActionGroup group, RandomSource random, bool[] mask)
    {
        var choice = random.NextInt(group.Size);
        while (mask.Length > 0 && !mask[group.Start + choice]) choice = random.NextInt(group.Size);
        return choice;
    }

    // Of the places of a walk, the largest of each choice that is allowed.
    private void Decide(Span<float> action, bool[] mask)
    {
        foreach (var group in layout.Groups)
        {
            if (!group.IsChoice) continue;
            var part = action.Slice(group.Start, group.Size);
            for (var i = 0; i < part.Length && mask.Length > 0; i++)
                if (!mask[group.Start + i]) part[i] = float.NegativeInfinity;
            var best = Largest(part);
            part.Clear();
            part[best] = 1;
        }
    }

    private void Hold(Span<float> row, RandomSource random, bool[] mask)
    {
        if (row[0] == 0 || layout.Groups.Forbidden(row[1..], mask) is not null)
        {
            Draw(row[1..], random, mask);
            row[0] = 1 + random.NextInt(LongestHold);
        }
        row[0]--;
    }

    private static void Walk(Span<float> place, RandomSource random)
    {
        foreach (ref var value in place)
            value = (float)Math.Clamp(value + Stride * random.NextGaussian(), -1, 1);
    }

    private static int Largest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }
}
