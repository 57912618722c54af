using Reverie.Environments;
using Reverie.Models;
using Reverie.Torch;

namespace Reverie.Dreams;

/// <summary>
/// A learned model as an environment (W §4): steps are draws from its prior at a temperature, rewards and ends those
/// that it predicts. Observed is the model's feature of the state, and its picture where it draws any.
/// </summary>
/// <remarks>Any latent dynamics will do that has heads for reward and end: the memory of World Models as well as the
/// recurrent state-space models. An end is where the probability of going on is below ½.</remarks>
public sealed class DreamEnvironment : IEnvironment, IPictureSource
{
    private readonly ILatentWorld world;
    private readonly IReadOnlyList<TimeStep> starts;
    private readonly double temperature;
    private readonly IDisposable owner;
    private RandomSource random;
    private readonly HeldState held = new();
    private Generator? noise;

    /// <summary>Makes it.</summary>
    /// <param name="world">The model, on the processor.</param>
    /// <param name="starts">First rows of true episodes, from one of which a dream begins.</param>
    /// <param name="temperature">τ; 1 is the model as it is.</param>
    /// <param name="seed">Same seed, same dreams.</param>
    /// <param name="owner">Disposed with it: whoever holds the model's parameters.</param>
    public DreamEnvironment(
        ILatentWorld world, IReadOnlyList<TimeStep> starts, double temperature, int seed, IDisposable owner)
    {
        (this.world, this.starts, this.temperature, this.owner) = (world, starts, temperature, owner);
        random = RandomSource.Derive((ulong)seed);
        ActionSpace = world.Layout.Groups.ToSpace(masked: false);
        ObservationSpace = FeaturesOf(world);
    }

    /// <inheritdoc/>
    public Space ObservationSpace { get; }

    /// <inheritdoc/>
    public Space ActionSpace { get; }

    /// <summary>That of the pictures the model learned from.</summary>
    public ImageSpace Picture => world.Layout.Image ?? new ImageSpace();

    /// <summary>What is observed of a model's states.</summary>
    internal static BoxSpace FeaturesOf(ILatentWorld world) =>
        BoxSpace.Uniform(world.Dynamics.FeatureSize, float.NegativeInfinity, float.PositiveInfinity);

    /// <inheritdoc/>
    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) random = RandomSource.Derive((ulong)given);
        noise?.Dispose();
        noise = new Generator(Device.Cpu, random.NextUInt64());
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var one = new ThreadLimit(1);
        return Row(held.Hold(world.Begin([starts[random.NextInt(starts.Count)]], noise))) with { IsFirst = true };
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There was no reset.</exception>
    public TimeStep Step(ReadOnlySpan<float> action)
    {
        if (held.Value is not { } before)
            throw new InvalidOperationException("a step before a reset; reset the environment first");
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var one = new ThreadLimit(1);
        var state = held.Hold(world.Dynamics.DreamStep(
            before, Tensor.FromArray(action, [1, action.Length]), world.Dynamics.Noise([1], noise!), temperature));
        var over = world.ContinuesAfter(state)?.Item() < 0.5;
        return Row(state) with { Reward = world.RewardOf(state).Item(), IsLast = over, IsTerminal = over };
    }

    /// <inheritdoc/>
    /// <exception cref="ReverieException">The model learned from vectors alone.</exception>
    public byte[] Draw()
    {
        if (world.Layout.Image is null)
            throw new ConfigurationException("the model of this dream sees no pictures; set model.encoder=vector");
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var one = new ThreadLimit(1);
        return world.Draw(held.Value ?? throw new InvalidOperationException("a picture before a reset"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        held.Dispose();
        noise?.Dispose();
        owner.Dispose();
    }

    private TimeStep Row(LatentState state) =>
        new() { Image = [], Vector = world.Dynamics.Feature(state).ToArray<float>() };
}
