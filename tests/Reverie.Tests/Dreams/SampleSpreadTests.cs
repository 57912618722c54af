using Reverie.Dreams;

namespace Reverie.Tests.Dreams;

public sealed class SampleSpreadTests
{
    /// <summary>Three samples of two pixels of two channels; the second pixel is the same in all.</summary>
    [Fact]
    public void DeviationsAreThoseOfTheSamples()
    {
        byte[] pictures = [0, 10, 7, 7, 6, 10, 7, 7, 12, 10, 7, 7];
        var (pixels, all) = SampleSpread.Of(pictures, samples: 3, channels: 2);
        // Variances 24, 0, 0, 0.
        Assert.Equal([(byte)Math.Round(Math.Sqrt(12)), 0], pixels);
        Assert.Equal(Math.Sqrt(6), all, 12);
    }

    [Fact]
    public void ASingleSampleHasNone()
    {
        var (pixels, all) = SampleSpread.Of([1, 2, 3], samples: 1, channels: 3);
        Assert.Equal([0], pixels);
        Assert.Equal(0, all);
    }
}
