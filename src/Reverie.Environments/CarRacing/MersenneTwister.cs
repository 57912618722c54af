using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Reverie.Environments.CarRacing;

/// <summary>
/// The numbers that gym drew after a seed: MT19937 (Matsumoto and Nishimura, 1998), its array of keys being the first
/// eight bytes of the SHA-512 of the seed's decimal text.
/// </summary>
public sealed class MersenneTwister : IUniformSource
{
    private const int Size = 624, Middle = 397;

    private readonly uint[] state = new uint[Size];
    private int place = Size;

    /// <summary>Starts the sequence that belongs to a seed.</summary>
    public MersenneTwister(ulong seed)
    {
        var hash = SHA512.HashData(Encoding.ASCII.GetBytes(seed.ToString(CultureInfo.InvariantCulture)));
        var key = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        // A word above that is zero is no part of the key.
        Initialise(key >> 32 == 0 ? [(uint)key] : [(uint)key, (uint)(key >> 32)]);
    }

    /// <inheritdoc/>
    public double Next()
    {
        var (high, low) = (NextWord() >> 5, NextWord() >> 6);
        return (high * 67108864.0 + low) / (1UL << 53);
    }

    private void Initialise(ReadOnlySpan<uint> key)
    {
        state[0] = 19650218;
        for (var i = 1; i < Size; i++)
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >> 30)) + (uint)i;
        var (at, next) = (1, 0);
        for (var left = Math.Max(Size, key.Length); left > 0; left--)
        {
            state[at] = (state[at] ^ (Carried(at) * 1664525)) + key[next] + (uint)next;
            next = (next + 1) % key.Length;
            at = Following(at);
        }
        for (var left = Size - 1; left > 0; left--)
        {
            state[at] = (state[at] ^ (Carried(at) * 1566083941)) - (uint)at;
            at = Following(at);
        }
        state[0] = 0x80000000;
    }

    private uint Carried(int at) => state[at - 1] ^ (state[at - 1] >> 30);

    private int Following(int at)
    {
        if (at + 1 < Size)
            return at + 1;
        state[0] = state[Size - 1];
        return 1;
    }

    private uint NextWord()
    {
        if (place == Size)
            Twist();
        var word = state[place++];
        word ^= word >> 11;
        word ^= (word << 7) & 0x9D2C5680;
        word ^= (word << 15) & 0xEFC60000;
        return word ^ (word >> 18);
    }

    private void Twist()
    {
        for (var i = 0; i < Size; i++)
        {
            var word = (state[i] & 0x80000000) | (state[(i + 1) % Size] & 0x7FFFFFFF);
            state[i] = state[(i + Middle) % Size] ^ (word >> 1) ^ ((word & 1) * 0x9908B0DF);
        }
        place = 0;
    }
}
