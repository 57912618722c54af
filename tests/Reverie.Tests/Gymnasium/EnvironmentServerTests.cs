using System.IO.MemoryMappedFiles;
using System.Text;
using System.Text.Json;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Games;
using Reverie.Environments.Gymnasium;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Gymnasium;

/// <summary>What Python gets to hear, whatever it says.</summary>
public sealed class EnvironmentServerTests
{
    public EnvironmentServerTests() => GameTasks.Register();

    [Theory]
    [InlineData("1 dance", "there is no command dance")]
    [InlineData("1 reset 1.5", "a seed is a whole number from 0 to 2147483647, not 1.5")]
    [InlineData("1 reset -1", "a seed is a whole number")]
    [InlineData("1 reset 99999999999", "a seed is a whole number")]
    [InlineData("1 step 2", "there is no command step")]
    public void ACommandThatIsNoneIsAnsweredSo(string command, string why) =>
        Assert.Contains(why, Assert.Single(Play([command])));

    [Fact]
    public void AnswersBearTheNumbersOfTheirCommands() =>
        Assert.Equal(["7 k", "9 k"], Play(["7 reset 3", "9 step", "10 close", "11 step"]));

    [Theory]
    [InlineData("reset 3")]
    [InlineData("k")]
    [InlineData("-1 step")]
    [InlineData("1 2 3 4")]
    public void WhatIsNoCommandEndsIt(string line) =>
        Assert.Contains("is no command", Assert.ThrowsAny<ReverieException>(() => Play([line])).Message);

    [Fact]
    public void ALineWithoutAnEndEndsIt() =>
        Assert.Contains("a line of more than 4096 bytes",
            Assert.ThrowsAny<ReverieException>(() => Play([new string('x', 1 << 20)])).Message);

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void AChoiceThatIsNoneIsNotMadeAnother(int choice) =>
        Assert.Contains($"{choice} is not one of 3 choices",
            Play(["1 reset 3", "2 step"], BitConverter.GetBytes(choice))[1]);

    [Theory]
    [InlineData(new float[] { 0, 1, 0, 0.5f, 0, 1 }, "k")]
    [InlineData(new float[] { 0, 1, 1, 0.5f, 0, 1 }, "numbers 0 to 2 of the action are not one of 3 choices")]
    [InlineData(new float[] { 0, 1, 0, 1.5f, 0, 1 }, "number 3 of the action is 1.5")]
    [InlineData(new float[] { 0, 1, 0, 0.5f, 0, 0 }, "numbers 4 to 5 of the action are not one of 2 choices")]
    public void AnActionOfGroupsMustFitInEach(float[] action, string answer)
    {
        var space = new GroupedSpace(new DiscreteSpace(3), BoxSpace.Uniform(1, -1, 1), new DiscreteSpace(2));
        using var environment = new SpacesEnvironment(new ImageSpace(), space);
        var info = new TaskInfo
        {
            Task = "grouped", Domain = "tests", ObservationSpace = environment.ObservationSpace, ActionSpace = space,
        };
        byte[] bytes = [.. action.SelectMany(BitConverter.GetBytes)];
        Assert.Contains(answer, Play(environment, info, ["1 reset 3", "2 step"], bytes)[1]);
        if (answer == "k") Assert.Equal(action, environment.Done);
        else Assert.Empty(environment.Done);
    }

    [Fact]
    public void WhatIsNotAllowedIsToldAndRefused()
    {
        var space = new DiscreteSpace(3) { IsMasked = true };
        using var environment = new CheckedEnvironment(new SpacesEnvironment(new ImageSpace(), space), "doors");
        var info = new TaskInfo
        {
            Task = "doors", Domain = "tests", ObservationSpace = environment.ObservationSpace, ActionSpace = space,
        };
        Assert.Equal(["1 k", "2 k"], Play(environment, info, ["1 reset 3", "2 step"], BitConverter.GetBytes(1)));
        Assert.Contains("is not allowed by the mask of the row before",
            Play(environment, info, ["1 reset 3", "2 step"], BitConverter.GetBytes(0))[1]);
    }

    // The action lies in the memory before the first command comes.
    private static string[] Play(string[] commands, byte[]? action = null)
    {
        var task = EnvironmentRegistry.Find("catch");
        using var environment = EnvironmentRegistry.Make("catch", new EnvironmentConfig { ActionRepeat = 1 }, 0,
            ObservationKind.Pixels);
        return Play(environment, task, commands, action);
    }

    private static string[] Play(IEnvironment environment, TaskInfo task, string[] commands, byte[]? action)
    {
        var answers = new MemoryStream();
        var server = new EnvironmentServer(environment, task);
        server.Run(new Commands(commands, () => Put(answers, action ?? [0, 0, 0, 0])), answers);
        return [.. Encoding.UTF8.GetString(answers.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..]];
    }

    private static void Put(MemoryStream answers, byte[] action)
    {
        var greeting = Encoding.UTF8.GetString(answers.ToArray()).Trim().Split(' ', 3);
        Assert.Equal(["reverie-env", "2"], greeting[..2]);
        var places = JsonDocument.Parse(greeting[2]).RootElement.GetProperty("places");
        using var file = new FileStream(places.GetProperty("file").GetString()!, FileMode.Open, FileAccess.ReadWrite);
        using var memory = MemoryMappedFile.CreateFromFile(
            file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        using var view = memory.CreateViewAccessor();
        view.WriteArray(places.GetProperty("action").GetInt32(), action, 0, action.Length);
    }

    /// <summary>Lines that come once the server has introduced itself.</summary>
    private sealed class Commands(string[] lines, Action before)
        : MemoryStream(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + '\n'))))
    {
        public override int Read(Span<byte> buffer)
        {
            if (Position == 0) before();
            return base.Read(buffer);
        }
    }
}
