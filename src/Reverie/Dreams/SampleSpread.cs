namespace Reverie.Dreams;

/// <summary>How far pictures of several samples part.</summary>
internal static class SampleSpread
{
    /// <summary>Of every pixel the root of its channels' mean variance, in bytes, and the root mean square of
    /// all.</summary>
    /// <param name="pictures">(K, pixels, channels).</param>
    /// <param name="samples">K.</param>
    /// <param name="channels">Of a pixel.</param>
    public static (byte[] Pixels, double RootMeanSquare) Of(ReadOnlySpan<byte> pictures, int samples, int channels)
    {
        var size = pictures.Length / samples;
        var pixels = new byte[size / channels];
        var total = 0.0;
        for (var pixel = 0; pixel < pixels.Length; pixel++)
        {
            var variance = 0.0;
            for (var entry = pixel * channels; entry < (pixel + 1) * channels; entry++)
                variance += Variance(pictures, entry, size, samples);
            total += variance;
            pixels[pixel] = (byte)Math.Round(Math.Sqrt(variance / channels));
        }
        return (pixels, Math.Sqrt(total / size));
    }

    private static double Variance(ReadOnlySpan<byte> pictures, int entry, int size, int samples)
    {
        long sum = 0, squares = 0;
        for (var k = 0; k < samples; k++)
        {
            long level = pictures[k * size + entry];
            sum += level;
            squares += level * level;
        }
        return (squares - (double)sum * sum / samples) / samples;
    }
}
