namespace Reverie.Runtime;

/// <summary>Random numbers.</summary>
internal interface INumberSource
{
    /// <summary>Fills with normal numbers of mean 0 and deviation 1.</summary>
    void Normal(Span<float> to);

    /// <summary>Fills with numbers uniform in [0, 1).</summary>
    void Uniform(Span<float> to);
}

/// <summary>The same numbers from the same seed on every platform: SplitMix64 (Steele et al. 2014), and the polar method for
/// normal ones (Marsaglia and Bray 1964).</summary>
internal sealed class NumberSource : INumberSource
{
    private ulong state;

    public NumberSource(ulong seed) => state = seed;

    public void Uniform(Span<float> to)
    {
        for (var i = 0; i < to.Length; i++) to[i] = (Next() >> 40) * (1f / (1 << 24));
    }

    public void Normal(Span<float> to)
    {
        for (var i = 0; i < to.Length;)
        {
            var (x, y) = (Signed(), Signed());
            var square = x * x + y * y;
            if (square >= 1 || square == 0) continue;
            var scale = Math.Sqrt(-2 * Math.Log(square) / square);
            to[i++] = (float)(x * scale);
            if (i < to.Length) to[i++] = (float)(y * scale);
        }
    }

    private double Signed() => (Next() >> 11) * (2.0 / (1L << 53)) - 1;

    private ulong Next()
    {
        unchecked
        {
            var mixed = state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
