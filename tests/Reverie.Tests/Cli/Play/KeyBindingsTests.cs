using Reverie.Cli.Play;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.CarRacing;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Games;

namespace Reverie.Tests.Cli.Play;

public sealed class KeyBindingsTests
{
    public KeyBindingsTests()
    {
        CarRacingTasks.Register();
        GameTasks.Register();
        ControlSuiteTasks.Register();
    }

    [Fact]
    public void TheCarIsDrivenByTheArrows()
    {
        var keys = Of("car_racing");
        Assert.Equal([0, -1, -1], keys.Action([]));
        Assert.Equal([-1, -1, -1], keys.Action([ConsoleKey.LeftArrow]));
        Assert.Equal([1, 1, -1], keys.Action([ConsoleKey.UpArrow, ConsoleKey.RightArrow]));
        Assert.Equal([0, -1, 1], keys.Action([ConsoleKey.DownArrow]));
        Assert.Equal(["← →: steering", "↑: gas", "↓: brake"], keys.Help);
    }

    [Theory]
    [InlineData("car_racing_discrete", ConsoleKey.RightArrow, 1)]
    [InlineData("car_racing_discrete", ConsoleKey.LeftArrow, 2)]
    [InlineData("car_racing_discrete", ConsoleKey.UpArrow, 3)]
    [InlineData("car_racing_discrete", ConsoleKey.DownArrow, 4)]
    [InlineData("car_racing_discrete", ConsoleKey.D4, 4)]
    [InlineData("car_racing_discrete", ConsoleKey.F1, 0)]
    [InlineData("catch", ConsoleKey.LeftArrow, 0)]
    [InlineData("catch", ConsoleKey.RightArrow, 2)]
    [InlineData("catch", ConsoleKey.F1, 1)]
    public void ChoicesHaveArrowsAndNumbers(string task, ConsoleKey key, int choice) =>
        Assert.Equal(choice, Array.IndexOf(Of(task).Action([key]), 1f));

    [Fact]
    public void EveryTaskHasKeysAndAnActionThatIsAllowed()
    {
        foreach (var task in (string[])["catch", .. CarRacingTasks.Names, .. ControlSuiteTasks.Names])
        {
            var info = EnvironmentRegistry.Find(task);
            var space = EnvironmentRegistry.ActionSpaceOf(info.Task, new EnvironmentConfig());
            var keys = KeyBindings.Of(info, space);
            Assert.NotEmpty(keys.Help);
            var action = keys.Action([ConsoleKey.LeftArrow, ConsoleKey.UpArrow, ConsoleKey.A, ConsoleKey.L]);
            if (space is BoxSpace box)
                Assert.All(action.Zip(box.Low, box.High), one => Assert.InRange(one.First, one.Second, one.Third));
            else
                Assert.True(DiscreteSpace.IsOneHot(action));
        }
    }

    [Theory]
    [InlineData("cartpole_swingup", 3, ConsoleKey.D2, 2)]
    [InlineData("cartpole_swingup", 3, ConsoleKey.F1, 1)]
    [InlineData("cartpole_swingup", 3, ConsoleKey.LeftArrow, 0)]
    [InlineData("cartpole_swingup", 5, ConsoleKey.RightArrow, 4)]
    [InlineData("cartpole_swingup", 2, ConsoleKey.RightArrow, 0)]
    [InlineData("reacher_easy", 5, ConsoleKey.F1, 12)]
    [InlineData("reacher_easy", 5, ConsoleKey.LeftArrow, 10)]
    [InlineData("reacher_easy", 5, ConsoleKey.UpArrow, 22)]
    public void ChoicesThatWereMadeOfAContinuousActionRestInTheMiddle(
        string task, int values, ConsoleKey key, int choice)
    {
        var config = new EnvironmentConfig { Discretize = values };
        var keys = KeyBindings.Of(EnvironmentRegistry.Find(task), EnvironmentRegistry.ActionSpaceOf(task, config));
        Assert.Equal(choice, Array.IndexOf(keys.Action([key]), 1f));
        Assert.StartsWith("0: choice 0", keys.Help[0]);
    }

    private static KeyBindings Of(string task) => KeyBindings.Of(
        EnvironmentRegistry.Find(task), EnvironmentRegistry.ActionSpaceOf(task, new EnvironmentConfig()));
}
