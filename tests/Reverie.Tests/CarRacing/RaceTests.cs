using Reverie.Environments.CarRacing;

namespace Reverie.Tests.CarRacing;

public sealed class RaceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AFullLapIsWorthAThousandLessATenthAStep(int seed)
    {
        using var race = new Race(Track.Draw(new Pcg64((ulong)seed)));
        var (earned, steps) = (0.0, 0);
        while (!race.IsOver && steps < 5000)
        {
            var (steer, gas, brake) = Driver.Act(race);
            earned += race.Step(steer, gas, brake);
            steps++;
        }
        Assert.True(race.IsLapDone, $"{race.Tiles.Visited} of {race.Tiles.Count} tiles after {steps} steps");
        Assert.Equal(1000 - 0.1 * steps, earned, 6);
    }

    [Fact]
    public void OffTheFieldTheRewardIsMinusAHundredAndTheTotalGoesOn()
    {
        using var race = new Race(Track.Draw(new Pcg64(1)));
        var before = 0.0;
        var reward = 0.0;
        for (var step = 0; step < 3000 && !race.IsOver; step++)
        {
            before = race.Score;
            reward = race.Step(0, step < 100 ? 0.3 : 0.02, 0);
        }
        Assert.True(race.IsOffField && !race.IsLapDone);
        Assert.Equal(-100, reward);
        Assert.Equal(before - 0.1, race.Score, 9);
        Assert.Equal(-100, race.Step(0, 0, 0));    // it may be driven on
    }

    [Fact]
    public void TheScoreIsWhatStoodBeforeTheCostOfTheStep()
    {
        using var race = new Race(Track.Draw(new Pcg64(1)));
        var tiles = 2 * 1000.0 / race.Track.Points.Count;
        Assert.Equal(tiles, race.Score, 9);
        Assert.Equal(tiles, race.Pending, 9);
        Assert.Equal(0.02, race.Time);
        Assert.Equal(tiles - 0.1, race.Step(0, 0, 0), 9);
        Assert.Equal(tiles, race.Score, 9);
        Assert.Equal(-0.1, race.Step(0, 0, 0), 9);
        Assert.Equal(tiles - 0.1, race.Score, 9);
    }

    [Fact]
    public void GasRisesByATenthAndFallsAtOnceAndABrakeLocksTheWheels()
    {
        using var race = new Race(Track.Draw(new Pcg64(1)));
        for (var i = 0; i < 5; i++)
            race.Step(0, 2, 0);
        Assert.Equal([0, 0, 0.5, 0.5], race.Car.Wheels.Select(wheel => wheel.Gas));
        var rolling = race.Car.Wheels[2].Omega;
        race.Step(0, 0.25, 0.9);
        Assert.Equal([0, 0, 0.25, 0.25], race.Car.Wheels.Select(wheel => wheel.Gas));
        // Locked before the road spins it up again within the same step.
        Assert.InRange(race.Car.Wheels[2].Omega, 1e-3, rolling / 2);
    }

    [Fact]
    public void RightIsPositive()
    {
        using var race = new Race(Track.Draw(new Pcg64(1)));
        var heading = race.Car.Pose.Angle;
        for (var i = 0; i < 60; i++)
            race.Step(1, 0.5, 0);
        Assert.Equal(-0.4, race.Car.Wheels[0].JointAngle, 2);
        Assert.True(race.Car.Pose.Angle < heading - 0.2);
    }

    [Fact]
    public void RacesDoNotKnowOfEachOther()
    {
        using var alone = new Race(Track.Draw(new Pcg64(3)));
        var expected = Enumerable.Range(0, 50).Select(i => (alone.Step(0.1, 0.5, 0), alone.Car.Pose)).ToArray();
        using var one = new Race(Track.Draw(new Pcg64(3)));
        using var other = new Race(Track.Draw(new Pcg64(4)));
        for (var i = 0; i < expected.Length; i++)
        {
            other.Step(-1, 1, 0);
            Assert.Equal(expected[i], (one.Step(0.1, 0.5, 0), one.Car.Pose));
        }
    }

    [Fact]
    public void AnActionThatIsNotFiniteIsRefused()
    {
        using var race = new Race(Track.Draw(new Pcg64(1)));
        Assert.Contains("finite", Assert.ThrowsAny<ReverieException>(() => race.Step(double.NaN, 0, 0)).Message);
        Assert.Contains("finite", Assert.ThrowsAny<ReverieException>(() => race.Step(0, 0, double.NaN)).Message);
    }
}
