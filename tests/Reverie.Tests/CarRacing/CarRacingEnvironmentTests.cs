using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.CarRacing;

namespace Reverie.Tests.CarRacing;

public sealed class CarRacingEnvironmentTests
{
    public CarRacingEnvironmentTests() => CarRacingTasks.Register();

    public static TheoryData<string> Tasks => [.. CarRacingTasks.Names];

    [Theory, MemberData(nameof(Tasks))]
    public void TheCheckerFindsNothing(string task)
    {
        Assert.Empty(EnvironmentChecker.Check(task, new EnvironmentConfig(), steps: 1100));
        Assert.DoesNotContain(EnvironmentChecker.Check(task, new EnvironmentConfig().With(new CarRacingSettings { CarLook = "v3" }), steps: 100),
            finding => finding.IsError);
    }

    [Theory]
    [InlineData("cropped", "native", 64)]
    [InlineData("world_models", "native", 64)]
    [InlineData("small", "native", 64)]
    [InlineData("native", "native", 96)]
    [InlineData("native", "64x64", 64)]
    public void TheFrameIsASetting(string frame, string picture, int size)
    {
        var config = new EnvironmentConfig { Picture = picture }.With(new CarRacingSettings { CarFrame = frame });
        using var environment = EnvironmentRegistry.Make("car_racing", config, 1, ObservationKind.Pixels);
        Assert.Equal(new ImageSpace(size, size), environment.ObservationSpace);
        Assert.Equal(3 * size * size, environment.Reset().Image.Length);
    }

    [Fact]
    public void TracksFollowFromSeedsAsInTheVersionWithThatLook()
    {
        foreach (var (look, random) in new[] { (Look.V0, (IUniformSource)new MersenneTwister(7)), (Look.V3, new Pcg64(7)) })
        {
            using var environment = new CarRacingEnvironment(new CarRacingOptions(look));
            environment.Reset(7);
            Assert.Equal(Track.Draw(random).Points, environment.Race.Track.Points);
            environment.Reset();    // goes on in the sequence
            Assert.Equal(Track.Draw(random).Points, environment.Race.Track.Points);
        }
    }

    [Fact]
    public void ChoicesAreThoseOfTheOriginal()
    {
        using var discrete = new CarRacingEnvironment(new CarRacingOptions(Look.V3, IsDiscrete: true));
        (double, double, double)[] meant = [(0, 0, 0), (0.6, 0, 0), (-0.6, 0, 0), (0, 0.2, 0), (0, 0, 0.8)];
        discrete.Reset(1);
        using var race = new Race(Track.Draw(new Pcg64(1)));
        foreach (var choice in new[] { 3, 3, 3, 3, 3, 3, 1, 1, 2, 4, 0, 3 })
        {
            var (steer, gas, brake) = meant[choice];
            Assert.Equal(race.Step(steer, gas, brake), discrete.Step(new DiscreteSpace(5).OneHot(choice)).Reward);
            Assert.Equal(race.Car.Pose, discrete.Race.Car.Pose);
        }
    }

    [Fact]
    public void OffTheFieldTheEpisodeTerminatesAndATimeLimitDoesNot()
    {
        using var environment = EnvironmentRegistry.Make("car_racing", new EnvironmentConfig(), 1, ObservationKind.Vector);
        var row = environment.Reset(1);
        for (var i = 0; i < 1000; i++)
            row = environment.Step([0, -1, -1]);    // in the agent's scale: neither gas nor brake
        Assert.True(row is { IsLast: true, IsTerminal: false });
        using var bare = new CarRacingEnvironment(new CarRacingOptions(Look.V3));
        row = bare.Reset(1);
        for (var i = 0; i < 3000 && !row.IsLast; i++)
            row = bare.Step([0, i < 100 ? 0.3f : 0.02f, 0]);
        Assert.True(row is { IsLast: true, IsTerminal: true, Reward: -100 });
    }

    [Fact]
    public void TheVectorIsWhatTheInstrumentsShow()
    {
        using var environment = new CarRacingEnvironment(new CarRacingOptions(Look.V0));
        Assert.Equal(7, environment.Reset(1).Vector.Length);
        var row = environment.Step([1, 1, 0]);
        var (pose, wheels) = (environment.Race.Car.Pose, environment.Race.Car.Wheels);
        Assert.Equal(Math.Sqrt(pose.VelocityX * pose.VelocityX + pose.VelocityY * pose.VelocityY), row.Vector[0], 1e-5);
        Assert.Equal([.. wheels.Select(wheel => (float)wheel.Omega), wheels[0].JointAngle, pose.AngularVelocity],
            row.Vector[1..]);
        Assert.Empty(row.Image);
    }
}
