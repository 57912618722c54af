using Reverie.Cli.Dashboard;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Cli.Dashboard;

public sealed class AccessTokenTests
{
    [Theory]
    [InlineData("a word of sixteen", true)]
    [InlineData("a word of sixteen ", false)]
    [InlineData("A word of sixteen", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void OnlyTheWordItselfIsIt(string? word, bool isIt) =>
        Assert.Equal(isIt, AccessToken.Parse("a word of sixteen", "here").Is(word));

    [Theory]
    [InlineData("too short")]
    [InlineData("a word with a line\nin it")]
    [InlineData("a word that is schön enough")]
    public void WhatCannotBeOneIsSaid(string word)
    {
        var fault = Assert.ThrowsAny<ReverieException>(() => AccessToken.Parse(word, "--token-file x"));
        Assert.StartsWith("--token-file x: ", fault.Message);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void AFileGivesItsFirstLine()
    {
        using var folder = new TemporaryDirectory();
        File.WriteAllText(folder["word"], "a word of sixteen\r\nand another\n");
        Assert.Equal("a word of sixteen", AccessToken.ReadFile(folder["word"]).Word);
        var fault = Assert.ThrowsAny<ReverieException>(() => AccessToken.ReadFile(folder["none"]));
        Assert.Contains("there is no such file", fault.Message);
    }
}
