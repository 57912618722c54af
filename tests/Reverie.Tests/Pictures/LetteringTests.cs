using Reverie.Pictures;

namespace Reverie.Tests.Pictures;

public sealed class LetteringTests
{
    private const float Size = 16;

    [Fact]
    public void TheFontComesFromTheProgramItself()
    {
        Assert.Equal(Lettering.Family, Lettering.Typeface.FamilyName);
        Assert.InRange(Lettering.CapHeight(Size), 11, 12);
    }

    [Fact]
    public void EveryLetterThatLabelsUseHasAFormOfItsOwn()
    {
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,-+/:=()%_|'?#*<>[]!~@&;±×·–α";
        Assert.Equal(Letters, Lettering.Known(Letters));
        Assert.Equal(Letters.Length, Letters.Select(letter => Form($"{letter}")).Distinct().Count());
        Assert.DoesNotContain(Form(" "), Letters.Select(letter => Form($"{letter}")));
    }

    [Fact]
    public void ALetterThatTheFontLacksIsAQuestionMark()
    {
        Assert.Equal("run ?? 7?", Lettering.Known("run \u4e2d\u6587 7\U0001F9ED"));
        Assert.Equal(Form("?"), Form("\u4e2d"));
    }

    [Fact]
    public void LinesAreBrokenWhereAWordEndsAndNothingIsLost()
    {
        string[] lines = Lettering.Wrap("agent=dreamer, model.deter=200, seed=1", Size, 160).Split('\n');
        Assert.Equal(["agent=dreamer,", "model.deter=200,", "seed=1"], lines);
        lines = Lettering.Wrap(new string('x', 100), Size, 160).Split('\n');
        Assert.All(lines, line => Assert.True(Lettering.Measure(line, Size) <= 160));
        Assert.Equal(100, lines.Sum(line => line.Length));
        Assert.Equal("short", Lettering.Wrap("short", Size, 160));
        Assert.Equal("xx", Lettering.Wrap("xx", Size, 1).Replace("\n", ""));
    }

    private static string Form(string text)
    {
        using var sheet = new Sheet(24, 24, 0xFFFFFF);
        sheet.Text(text, 2, 4, 0, Size);
        return Convert.ToHexString(sheet.Rgb);
    }
}
