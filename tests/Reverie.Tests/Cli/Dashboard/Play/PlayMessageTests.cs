using System.Text;
using Reverie.Cli.Dashboard.Play;

namespace Reverie.Tests.Cli.Dashboard.Play;

public sealed class PlayMessageTests
{
    [Fact]
    public void WhatThePageSaysIsUnderstood()
    {
        var message = Parse("""{"do":"act","action":[0.5,-1]}""");
        Assert.Equal("act", message.Do);
        Assert.Equal([0.5f, -1], message.Action!);
        message = Parse("""{"do":"set","temperature":1.5,"rate":25,"beside":true,"eyes":false,"policy":true}""");
        Assert.Equal((1.5, 25, true, false, true),
            (message.Temperature, message.Rate, message.Beside, message.Eyes, message.Policy));
        Assert.Equal(7, Parse("""{"do":"reset","seed":7}""").Seed);
    }

    [Theory]
    [InlineData("", "cannot be read")]
    [InlineData("null", "cannot be read")]
    [InlineData("[1]", "cannot be read")]
    [InlineData("{}", "cannot be read")]
    [InlineData("""{"do":"fly"}""", "'fly' is unknown; use reset, act, play, pause, step, set")]
    [InlineData("""{"do":"act"}""", "act needs an action")]
    [InlineData("""{"do":"act","action":["left"]}""", "cannot be read")]
    [InlineData("""{"do":"set","speed":3}""", "speed")]
    [InlineData("""{"do":"set","rate":0}""", "rate: 0 is not between 0.1 and 200")]
    [InlineData("""{"do":"set","temperature":-1}""", "temperature: -1 is not between 0.01 and 10")]
    [InlineData("""{"do":"reset","seed":-1}""", "seed: -1 is not between")]
    [InlineData("""{"do":"reset","seed":1e99}""", "cannot be read")]
    public void AnythingElseIsRefusedInALine(string text, string told)
    {
        var fault = Assert.ThrowsAny<ReverieException>(() => Parse(text));
        Assert.Contains(told, fault.Message);
        Assert.DoesNotContain('\n', fault.Message);
    }

    private static PlayMessage Parse(string text) => PlayMessage.Parse(Encoding.UTF8.GetBytes(text));
}
