using Reverie.Environments.CarRacing;

namespace Reverie.Tests.CarRacing;

public sealed class PainterTests : IDisposable
{
    private readonly Race race = new(Track.Draw(new Pcg64(1)));

    public void Dispose() => race.Dispose();

    [Fact]
    public void TheRoadShowsWhereTheCarHasBeen()
    {
        var painter = new Painter(Look.V0, 96, 96);
        for (var i = 0; i < 60; i++)
            race.Step(0, 0.3, 0);
        var before = Greys(painter.Draw(race));
        Assert.True(before.Count > 2);    // shades of tiles ahead
        Assert.Contains((byte)102, before.Keys);
        Assert.True(Enumerable.Range(0, race.Tiles.Count).Count(race.Tiles.IsTouched) >= race.Tiles.Visited);
    }

    [Fact]
    public void TheV0LookTurnsWithTheMotionAndTheV3LookWithTheHull()
    {
        for (var i = 0; i < 120; i++)
            race.Step(i < 80 ? 0 : 0.4, 1, 0);    // a slide
        var pose = race.Car.Pose;
        var moving = Math.Atan2(pose.VelocityX, pose.VelocityY) + pose.Angle;
        Assert.InRange(Math.Abs(Math.IEEERemainder(moving, 2 * Math.PI)), 0.05, 4);
        Assert.Equal(0, Math.IEEERemainder(pose.Angle + Angle(Look.V3), 2 * Math.PI), 9);
        Assert.Equal(Math.Atan2(pose.VelocityX, pose.VelocityY), Angle(Look.V0), 9);
    }

    [Fact]
    public void TheCarSitsInTheMiddleAQuarterFromBelow()
    {
        foreach (var look in new[] { Look.V0, Look.V3 })
        {
            var camera = Camera.ToWindow(race, look);
            var place = new double[2];
            camera.Apply([race.Car.Pose.X, race.Car.Pose.Y], place);
            Assert.Equal(look.WindowWidth / 2.0, place[0], 6);
            Assert.Equal(look.WindowHeight / 4.0, place[1], 6);
            Assert.Equal(0.6 * 0.98 + 16.2 * 0.02, Math.Sqrt(camera.A * camera.A + camera.C * camera.C), 6);
        }
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(200, 100)]
    [InlineData(1000, 1000)]
    public void AnySizeCanBeDrawn(int width, int height)
    {
        foreach (var look in new[] { Look.V0, Look.V3 })
        {
            var picture = new Painter(look, width, height).Draw(race);
            Assert.Equal(3 * width * height, picture.Length);
            Assert.True(picture.Chunk(3).Select(pixel => (pixel[0], pixel[1], pixel[2])).Distinct().Count() > 5);
        }
    }

    [Fact]
    public void TheScoreIsWrittenOnTheBarAlone()
    {
        foreach (var look in new[] { Look.V0, Look.V3 })
        {
            var painter = new Painter(look, 96, 96);
            var (with, without) = (painter.Draw(race), painter.Draw(race, withScore: false));
            int[] changed = [.. Enumerable.Range(0, with.Length).Where(i => with[i] != without[i]).Select(i => i / 3)];
            Assert.NotEmpty(changed);
            Assert.All(changed, pixel => Assert.True(pixel / 96 >= 84 && pixel % 96 <= 12, $"{look.Name} {pixel}"));
        }
    }

    [Theory]
    [InlineData(7.27, "0007", "0007")]
    [InlineData(12.6, "0012", "0013")]
    [InlineData(-0.3, "0000", "0000")]
    [InlineData(-12.6, "-012", "-013")]
    [InlineData(1234.9, "1234", "1235")]
    public void TheScoreHasFourPlaces(double score, string v0, string v3)
    {
        Assert.Equal(v0, Look.V0.ScoreText(score));
        Assert.Equal(v3, Look.V3.ScoreText(score));
    }

    private double Angle(Look look)
    {
        var camera = Camera.ToWindow(race, look);
        return Math.Atan2(camera.C, camera.A);
    }

    private static Dictionary<byte, int> Greys(byte[] picture) => picture.Chunk(3)
        .Where(pixel => pixel[0] == pixel[1] && pixel[1] == pixel[2]).CountBy(pixel => pixel[0]).ToDictionary();
}
