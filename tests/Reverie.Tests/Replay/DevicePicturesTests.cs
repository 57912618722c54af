using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch;

namespace Reverie.Tests.Replay;

/// <summary>Batches that are put together on a device, here the processor, have the pictures of those that are not.</summary>
public sealed class DevicePicturesTests : IDisposable
{
    private static readonly ReplayConfig Small = new() { BatchSize = 6, ChunkLength = 5, CrossEpisode = true };

    private readonly TemporaryDirectory one = new(), other = new();
    private readonly List<string> told = [];

    public void Dispose()
    {
        one.Dispose();
        other.Dispose();
    }

    [Theory]
    [InlineData(1e9, 4)]            // all fit
    [InlineData(45 * 64 * 64 * 3, 4)]   // until the third episode comes
    [InlineData(1, 0)]
    public void PicturesAreThoseOfTheHost(double limit, int atLeast)
    {
        var pictures = new DevicePictures(Device.Cpu, Episodes.Layout().Image!, (long)limit, new LineLogger(told.Add));
        using var plain = Open(one, null);
        using var kept = Open(other, pictures);
        var (expected, actual) = (plain.CreateBatch(), kept.CreateBatch());
        var fromDevice = 0;
        foreach (var decisions in new[] { 20, 7, 30, 3 })
        {
            plain.Add(Episodes.Counting(decisions));
            kept.Add(Episodes.Counting(decisions));
            for (var draw = 0; draw < 4; draw++)
            {
                plain.Sample(expected);
                kept.Sample(actual);
                fromDevice += actual.Pictures is null ? 0 : 1;
                Assert.Equal(expected.Reward, actual.Reward);
                Assert.Equal(Seen(expected), Seen(actual));
                actual.ReadPictures();
                Assert.Equal(expected.Image, actual.Image);
            }
        }
        Assert.InRange(fromDevice, atLeast, 16);
        Assert.Equal(pictures.Fit, fromDevice == 16);
        Assert.Equal(pictures.Fit ? 0 : 1, told.Count);
        Assert.All(told, line => Assert.StartsWith(
            "pictures come from the host, not from cpu: they take more than replay.device_gb", line, StringComparison.Ordinal));
        actual.Hold(null);
    }

    private static byte[] Seen(SequenceBatch batch)
    {
        using var scope = new TensorScope();
        return Observation.From(batch, Device.Cpu).Image!.ToArray<byte>();
    }

    private static ReplayBuffer Open(TemporaryDirectory directory, DevicePictures? pictures) =>
        new(new EpisodeStore(directory.Path), Episodes.Layout(), Small, new RandomSource(9), null, pictures);
}
