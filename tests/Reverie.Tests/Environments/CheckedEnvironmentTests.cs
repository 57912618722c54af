using Reverie.Environments;

namespace Reverie.Tests.Environments;

public class CheckedEnvironmentTests
{
    [Theory]
    [InlineData("nan")]
    [InlineData("shape")]
    [InlineData("throw")]
    public void AFaultNamesEnvironmentStepAndWhat(string kind)
    {
        using var environment = new CheckedEnvironment(new StepCounter
        {
            Fault = (row, time) => (time, kind) switch
            {
                (3, "nan") => row with { Vector = [float.NaN] },
                (3, "shape") => row with { Vector = [1, 2, 3] },
                (3, "throw") => throw new InvalidOperationException("two\nlines"),
                _ => row,
            },
        }, "mine");
        for (var episode = 0; episode < 2; episode++)    // steps are counted from the reset
        {
            environment.Reset();
            environment.Step([0]);
            environment.Step([0]);
            var message = Assert.ThrowsAny<ReverieException>(() => environment.Step([0])).Message;
            Assert.Contains("environment mine", message);
            Assert.Contains("step 3", message);
            Assert.Contains(kind switch { "nan" => "NaN", "shape" => "3 entries", _ => "two lines" }, message);
        }
    }

    [Fact]
    public void AFaultyResetIsToldToo()
    {
        using var environment = new CheckedEnvironment(
            new StepCounter { Fault = (_, _) => throw new FormatException("no map") }, "mine");
        var message = Assert.ThrowsAny<ReverieException>(() => environment.Reset()).Message;
        Assert.Equal("environment mine threw FormatException at the reset: no map", message);
    }

    [Theory]
    [InlineData("none", "threw Wordless at the reset: it has no message")]
    [InlineData("throws", "threw Wordless at the reset: its message cannot be read: FormatException")]
    [InlineData("static", "threw FormatException at the reset: the reason")]
    public void AnExceptionIsToldWhateverItIsLike(string kind, string told)
    {
        using var environment = new CheckedEnvironment(new StepCounter
        {
            Fault = (_, _) => throw (kind == "static" ? new TypeInitializationException("Mine", new FormatException("the reason"))
                : new Wordless(kind == "throws")),
        }, "mine");
        Assert.Equal($"environment mine {told}", Assert.ThrowsAny<ReverieException>(() => environment.Reset()).Message);
    }

    private sealed class Wordless(bool throws) : Exception
    {
        public override string Message => throws ? throw new FormatException("in message") : null!;
    }

    [Theory]
    [InlineData(1f, 1f)]
    [InlineData(0.4f, 0.6f)]
    [InlineData(0f, 0f)]
    public void AnActionThatIsNoChoiceIsTheAgentsFault(float left, float right)
    {
        using var environment = new CheckedEnvironment(new StepCounter { ActionSpace = new DiscreteSpace(2) }, "mine");
        environment.Reset();
        environment.Step([0, 1]);
        var message = Assert.ThrowsAny<ReverieException>(() => environment.Step([left, right])).Message;
        Assert.Contains("one of 2 choices", message);
        Assert.Contains("step 2", message);
    }

    [Fact]
    public void OneLineForTheUserPassesUnchanged()
    {
        using var environment = new CheckedEnvironment(
            new StepCounter { Fault = (_, _) => throw new ReverieException("install it") }, "mine");
        Assert.Equal("install it", Assert.ThrowsAny<ReverieException>(() => environment.Reset()).Message);
    }
}
