using Reverie.Environments.CarRacing;

namespace Reverie.Tests.CarRacing;

public sealed class FrameMakerTests : IDisposable
{
    private readonly Race race = new(Track.Draw(new Pcg64(1)));

    public FrameMakerTests()
    {
        for (var i = 0; i < 60; i++)
            race.Step(0, 0.3, 0);
    }

    public void Dispose() => race.Dispose();

    [Fact]
    public void CroppedIsWhatLiesAboveTheBar()
    {
        var whole = new Painter(Look.V0, 96, 96).Draw(race);
        var cropped = new FrameMaker(Look.V0, Frame.Cropped).Draw(race);
        Assert.Equal(64 * 64 * 3, cropped.Length);
        var above = whole.AsSpan(0, 3 * 96 * 84).ToArray();
        for (var channel = 0; channel < 3; channel++)
            Assert.Equal(Mean(above, channel), Mean(cropped, channel), 0.5);
        Assert.Equal(above[..3], cropped[..3]);    // a corner of one colour
        Assert.DoesNotContain(cropped.Chunk(3), pixel => pixel is [0, 0, 255] or [51, 0, 255]);
    }

    [Fact]
    public void WorldModelsFramesAreStretchedAndWrapped()
    {
        var plain = new FrameMaker(Look.V0, Frame.Cropped).Draw(race);
        var frame = new FrameMaker(Look.V0, Frame.WorldModels).Draw(race);
        var most = new Painter(Look.V0, 96, 96).Draw(race).AsSpan(0, 3 * 96 * 84).ToArray().Max();
        byte Changed(int value) => (byte)((int)(value * 255.0 / most + 0.5) - 1);
        // Far enough from everything else that resizing mixes nothing in.
        var field = Enumerable.Range(130, 64 * 60).First(i => Enumerable.Range(0, 25).All(k =>
            plain.AsSpan(3 * (i + 64 * (k / 5 - 2) + k % 5 - 2), 3).SequenceEqual((byte[])[102, 204, 102])));
        Assert.Equal([Changed(102), Changed(204), Changed(102)], frame[(3 * field)..(3 * field + 3)]);
    }

    [Fact]
    public void ZerosWrapAndAllElseLosesOne()
    {
        byte[] values = [0, 1, 128, 255];
        WorldModelsFrame.Wrap(values);
        Assert.Equal([255, 0, 127, 254], values);
        values = [50, 90, 150];
        WorldModelsFrame.Stretch(values);
        Assert.Equal([0, 102, 255], values);
        values = [9, 9];
        WorldModelsFrame.Stretch(values);
        Assert.Equal([0, 0], values);
    }

    [Fact]
    public void SmallIsTheWholePictureDrawnSmall()
    {
        var small = new FrameMaker(Look.V0, Frame.Small).Draw(race);
        Assert.Equal(new Painter(Look.V0, 64, 64).Draw(race), small);
        Assert.All(small[(3 * 64 * 63)..], value => Assert.Equal(0, value));    // the bar's lower edge
    }

    [Fact]
    public void AreasAreMeansAndTrianglesReachIntoTheirNeighbours()
    {
        byte[] line = [0, 0, 0, 90, 90, 90, 30, 30, 30, 60, 60, 60];
        Assert.Equal([45, 45, 45, 45, 45, 45], Resampling.Area((4, 1), (2, 1)).Apply(line));
        Assert.Equal([(byte)((3 * 0 + 3 * 90 + 30) / 7.0 + 0.5), (byte)((90 + 3 * 30 + 3 * 60) / 7.0 + 0.5)], Resampling
            .Triangle((4, 1), (2, 1)).Apply(line).Where((_, i) => i % 3 == 0));
    }

    private static double Mean(byte[] picture, int channel) =>
        picture.Where((_, i) => i % 3 == channel).Average(value => value);
}
