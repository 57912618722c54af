namespace Reverie.Environments.CarRacing;

/// <summary>
/// The numbers that Gymnasium draws after a seed: numpy's <c>Generator(PCG64(SeedSequence(seed)))</c> (O'Neill, 2014).
/// </summary>
public sealed class Pcg64 : IUniformSource
{
    private const int PoolSize = 4;
    private static readonly UInt128 Multiplier = new(0x2360ED051FC65DA4, 0x4385DF649FCCF645);

    private readonly UInt128 increment;
    private UInt128 state;

    /// <summary>Starts the sequence that belongs to a seed.</summary>
    public Pcg64(ulong seed)
    {
        var words = Spread(seed);
        increment = (new UInt128(words[2], words[3]) << 1) | 1;
        Advance();
        state += new UInt128(words[0], words[1]);
        Advance();
    }

    /// <inheritdoc/>
    public double Next()
    {
        Advance();
        var mixed = (ulong)(state >> 64) ^ (ulong)state;
        return (ulong.RotateRight(mixed, (int)(state >> 122)) >> 11) * (1.0 / (1UL << 53));
    }

    private void Advance() => state = state * Multiplier + increment;

    // SeedSequence: the seed's words are scrambled into a pool, its entries into each other, and then out of it.
    private static ulong[] Spread(ulong seed)
    {
        uint[] pool = [(uint)seed, (uint)(seed >> 32), 0, 0];
        var constant = 0x43B0D7E5u;
        for (var i = 0; i < PoolSize; i++)
            pool[i] = Scramble(pool[i], ref constant, 0x931E8875);
        for (var source = 0; source < PoolSize; source++)
            for (var target = 0; target < PoolSize; target++)
                if (source != target)
                    pool[target] = Mix(pool[target], Scramble(pool[source], ref constant, 0x931E8875));
        var words = new ulong[4];
        constant = 0x8B51F9DD;
        for (var k = 0; k < 2 * words.Length; k++)
            words[k / 2] |= (ulong)Scramble(pool[k % PoolSize], ref constant, 0x58F38DED) << (32 * (k % 2));
        return words;
    }

    private static uint Scramble(uint value, ref uint constant, uint factor)
    {
        value ^= constant;
        constant *= factor;
        value *= constant;
        return value ^ (value >> 16);
    }

    private static uint Mix(uint x, uint y)
    {
        var mixed = 0xCA01F9DD * x - 0x4973F715 * y;
        return mixed ^ (mixed >> 16);
    }
}
