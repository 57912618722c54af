using Reverie.Pictures;

namespace Reverie.Tests.Pictures;

public sealed class ContactSheetTests
{
    [Fact]
    public void EveryPictureStandsInItsPlaceWithItsNameBelow()
    {
        (string, byte[])[] pictures = [("a", Filled(10)), ("b", Filled(20)), ("c", Filled(30))];
        using var sheet = ContactSheet.Draw(pictures, width: 20, height: 12, columns: 2, scale: 3);
        int[] at = [.. from y in Enumerable.Range(0, sheet.Height) from x in Enumerable.Range(0, sheet.Width)
            select sheet[x, y]];
        foreach (var value in (int[])[10, 20, 30])
            Assert.Equal(20 * 12 * 9, at.Count(color => color == value * 0x010101));
        Assert.Equal(0x0A0A0A, sheet[20, 20]);
        Assert.Equal(0x141414, sheet[sheet.Width - 20, 20]);
        Assert.Equal(0x1E1E1E, sheet[20, sheet.Height - 40]);
        Assert.Equal(DreamVideo.Background, sheet[sheet.Width - 20, sheet.Height - 40]);
        Assert.Contains(DreamVideo.Ink, at);
    }

    [Fact]
    public void LongNamesWidenTheColumns()
    {
        (string, byte[])[] pictures = [("a name wider than its picture", Filled(1)), ("b", Filled(2))];
        using var narrow = ContactSheet.Draw([("a", Filled(1)), ("b", Filled(2))], 20, 12, 2, 1);
        using var wide = ContactSheet.Draw(pictures, 20, 12, 2, 1);
        float name = Lettering.Measure(pictures[0].Item1, 11);
        Assert.True(narrow.Width < 2 * name && wide.Width > 2 * name, $"{narrow.Width} {wide.Width}");
    }

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 20 * 12 * 3)];
}
