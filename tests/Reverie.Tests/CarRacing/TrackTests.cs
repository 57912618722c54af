using Reverie.Environments.CarRacing;

namespace Reverie.Tests.CarRacing;

public sealed class TrackTests
{
    [Fact]
    public void TracksAreClosedAndHaveTheOriginalsMeanLength()
    {
        Track[] tracks = [.. Enumerable.Range(0, 100).Select(seed => Track.Draw(new Pcg64((ulong)seed)))];
        Assert.InRange(tracks.Average(track => track.Points.Count), 280, 306);    // the original: 293
        foreach (var track in tracks)
        {
            Assert.InRange(track.Points.Count, 200, 400);
            for (var i = 0; i < track.Points.Count; i++)
            {
                var (here, before) = (track.Points[i], track.Points[i == 0 ? ^1 : i - 1]);
                var step = Math.Sqrt(Math.Pow(here.X - before.X, 2) + Math.Pow(here.Y - before.Y, 2));
                // Two points are left away at the seam, where the walk may besides run beside its own beginning.
                Assert.InRange(step, i == 0 ? 0 : 3.4999, i == 0 ? 12 : 3.5001);
            }
        }
    }

    [Fact]
    public void OneAttemptInManyFailsAndTheNextDrawsAreTaken()
    {
        int[] attempts = [.. Enumerable.Range(0, 200).Select(seed =>
        {
            Track.Draw(new Pcg64((ulong)seed), out var attempts);
            return attempts;
        })];
        Assert.InRange(attempts.Count(count => count == 1), 178, 198);    // the original: 94 %
        Assert.Contains(2, attempts);
    }

    [Fact]
    public void AStripHasFourPiecesOrMore()
    {
        var track = Track.Draw(new Pcg64(0));
        Assert.Equal(75, track.Borders.Count(border => border));
        var count = track.Borders.Count;
        var length = 0;
        var first = Enumerable.Range(0, count).First(i => !track.Borders[i]);
        for (var i = first; i <= first + count; i++)
        {
            if (track.Borders[i % count])
                length++;
            else
            {
                Assert.True(length is 0 or >= 4, $"{length} pieces before {i % count}");
                length = 0;
            }
        }
    }

    [Fact]
    public void TheWrongNumberOfDrawsIsRefused() =>
        Assert.Throws<ArgumentException>(() => Track.FromDraws(new double[23]));
}
