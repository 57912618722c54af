using Reverie.Environments;
using Reverie.Replay;

namespace Reverie.Tests.Replay;

/// <summary>Squares of pictures whose pixels say where they stand: channel 0 the line, 1 the column, 2 the picture.</summary>
public sealed class PictureCropsTests
{
    private const int Height = 7, Width = 9, Side = 4;

    private static readonly ImageSpace Space = new(Height, Width, 6);

    /// <summary>I-38: every frame of a stack is cut at the picture's one place, and every place comes up.</summary>
    [Fact]
    public void FramesAreCutAlikeAndPicturesEachAtAPlaceOfItsOwn()
    {
        var (crops, random) = (new PictureCrops(Space, Side), new RandomSource(1));
        var counts = new Dictionary<(int, int), int>();
        const int Draws = 500, Pictures = 5;
        for (var draw = 0; draw < Draws; draw++)
        {
            var cut = crops.Of(Rows(Pictures), random);
            for (var n = 0; n < Pictures; n++)
            {
                var place = ((int)cut[n * Side * Side * 6], (int)cut[n * Side * Side * 6 + 1]);
                counts[place] = counts.GetValueOrDefault(place) + 1;
                AssertCut(cut, n, place);
            }
        }
        const int Places = (Height - Side + 1) * (Width - Side + 1);
        Assert.Equal(Places, counts.Count);
        var due = (double)Draws * Pictures / Places;
        Assert.InRange(counts.Values.Sum(count => Math.Pow(count - due, 2) / due), 5, 55);     // χ² of 23 degrees
    }

    [Fact]
    public void WithoutDrawsItIsTheMiddle()
    {
        var crops = new PictureCrops(Space, Side);
        Assert.Equal((Side, Side, 6), (crops.Space.Height, crops.Space.Width, crops.Space.Channels));
        AssertCut(crops.Of(Rows(2), null), 1, (1, 2));
    }

    private static byte[] Rows(int count)
    {
        var rows = new byte[count * Space.Size];
        for (var i = 0; i < rows.Length; i += 3)
        {
            var pixel = i / 6;
            (rows[i], rows[i + 1], rows[i + 2]) =
                ((byte)(pixel / Width % Height), (byte)(pixel % Width), (byte)(2 * (pixel / (Height * Width)) + i % 6 / 3));
        }
        return rows;
    }

    private static void AssertCut(byte[] cut, int n, (int Top, int Left) place)
    {
        for (var y = 0; y < Side; y++)
            for (var x = 0; x < Side; x++)
                for (var frame = 0; frame < 2; frame++)
                {
                    var at = ((n * Side + y) * Side + x) * 6 + 3 * frame;
                    Assert.Equal((place.Top + y, place.Left + x, 2 * n + frame), (cut[at], cut[at + 1], cut[at + 2]));
                }
    }
}
