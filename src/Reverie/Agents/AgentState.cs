using Reverie.Environments;
using Reverie.Models;
using Reverie.Torch;

namespace Reverie.Agents;

/// <summary>
/// What an agent remembers between acts, one row an environment: the filtered latent and the action that was executed
/// last. A row becomes zero where its observation is the first of an episode. Holds its own source of randomness, so
/// that an episode follows from its seed alone.
/// </summary>
public sealed class AgentState(int count, Device device, ulong seed) : IDisposable
{
    /// <summary>Environments acted for, N.</summary>
    public int Count { get; } = count;

    /// <summary>Random numbers for tensors.</summary>
    public Generator Noise { get; private set; } = new(device, seed);

    /// <summary>Random numbers of the host.</summary>
    public RandomSource Random { get; private set; } = new(seed);

    /// <summary>Filtered states, parts (N, ·); null before the first act.</summary>
    public LatentState? Latent { get; private set; }

    /// <summary>(N, A), executed last; null before the first act.</summary>
    public Tensor? Action { get; private set; }

    /// <summary>What an agent without tensors remembers, laid out as it likes; empty before the first act.</summary>
    public float[] Numbers { get; set; } = [];

    /// <summary>Takes over what the next act needs, and frees what the last one left.</summary>
    public void Remember(LatentState latent, Tensor action)
    {
        Forget();
        (Latent, Action) = (latent.Map(part => part.Keep()), action.Keep());
    }

    /// <summary>Begins the random numbers anew, so that the acts to come follow from what is remembered and this seed alone.
    /// </summary>
    public void Reseed(ulong seed)
    {
        Noise.Dispose();
        (Noise, Random) = (new Generator(device, seed), new RandomSource(seed));
    }

    /// <summary>Refuses rows that are not one for each environment.</summary>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    internal void Demand(ReadOnlySpan<TimeStep> observations)
    {
        if (observations.Length != Count)
            throw new ArgumentException(
                $"Act: {observations.Length} observations for a state of {Count} environments", nameof(observations));
    }

    /// <summary>Frees what is remembered.</summary>
    public void Dispose()
    {
        Forget();
        Noise.Dispose();
    }

    private void Forget()
    {
        Latent?.Map(part => { part.Dispose(); return part; });
        Action?.Dispose();
    }
}
