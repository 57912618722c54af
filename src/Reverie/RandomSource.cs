using System.Numerics;

namespace Reverie;

/// <summary>
/// A random generator whose numbers never change between releases, with a state that fits a checkpoint:
/// xoshiro256** (Blackman and Vigna, 2018), seeded through splitmix64. Not thread-safe.
/// </summary>
/// <remarks><see cref="System.Random"/> promises neither the same numbers in another release nor a state.</remarks>
public sealed class RandomSource
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private readonly ulong[] state = new ulong[4];

    /// <summary>Starts the sequence that belongs to <paramref name="seed"/>.</summary>
    public RandomSource(ulong seed)
    {
        for (var i = 0; i < state.Length; i++)
            state[i] = Mix(seed += Golden);
    }

    /// <summary>Continues from a <see cref="State"/> read earlier.</summary>
    public RandomSource(IReadOnlyList<ulong> state) => State = state;

    /// <summary>Four words; setting them continues the sequence from where they were read.</summary>
    /// <exception cref="ArgumentException">Not four words, or all of them zero.</exception>
    public IReadOnlyList<ulong> State
    {
        get => [.. state];
        set
        {
            if (value.Count != state.Length || value.All(word => word == 0))
                throw new ArgumentException("the state of a random generator is four words, not all of them zero");
            for (var i = 0; i < state.Length; i++)
                state[i] = value[i];
        }
    }

    /// <summary>A generator for one use, independent of those with another seed or stream.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="stream">What it is for: any numbers, their order counts.</param>
    public static RandomSource Derive(ulong seed, params ReadOnlySpan<ulong> stream)
    {
        var mixed = Mix(seed + Golden);
        foreach (var part in stream)
            mixed = Mix(BitOperations.RotateLeft(mixed, 23) + Golden + Mix(part + Golden));
        return new RandomSource(mixed);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(state[1] * 5, 7) * 9;
        var shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = BitOperations.RotateLeft(state[3], 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), on a grid of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform among 0 … <paramref name="bound"/> − 1, without bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is not positive.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var range = (ulong)bound;
        var unfair = (0 - range) % range;    // 2^64 mod range: low products below it would favour some results
        while (true)
        {
            var high = Math.BigMul(NextUInt64(), range, out var low);
            if (low >= unfair)
                return (int)high;
        }
    }

    /// <summary>Standard normal (Box–Muller; the second number is not kept, so that the state stays four words).</summary>
    public double NextGaussian()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
