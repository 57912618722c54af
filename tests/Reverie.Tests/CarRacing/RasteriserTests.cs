using Reverie.Environments.CarRacing;

namespace Reverie.Tests.CarRacing;

public sealed class RasteriserTests
{
    private static readonly Affine Same = new(1, 0, 0, 1, 0, 0);

    [Fact]
    public void APixelBelongsToTheLastPolygonWithItsCentre()
    {
        var picture = new Rasteriser(40, 30, outlines: false);
        var random = new RandomSource(1);
        List<(double[] Corners, Paint Paint)> drawn = [];
        for (var i = 0; i < 50; i++)
        {
            drawn.Add(([.. Enumerable.Range(0, 6).Select(k => random.NextDouble(-10, 50))],
                (Paint)(1 + random.NextInt(12))));
            picture.Fill(drawn[^1].Corners, Same, drawn[^1].Paint);
        }
        for (var y = 0; y < 30; y++)
            for (var x = 0; x < 40; x++)
            {
                var last = drawn.FindLast(one => Contains(one.Corners, x + 0.5, y + 0.5));
                Assert.Equal(last.Paint, picture.Row(y)[x]);
            }
    }

    [Fact]
    public void WithOutlinesCornersAreWholePixelsAndBelongToIt()
    {
        var picture = new Rasteriser(10, 10, outlines: true);
        picture.Fill([2.9, 3.9, 5.1, 3.9, 5.1, 4.2, 2.9, 4.2], Same, Paint.White);
        for (var y = 0; y < 10; y++)
            for (var x = 0; x < 10; x++)
                Assert.Equal(x is >= 2 and <= 5 && y is 3 or 4 ? Paint.White : Paint.Black, picture.Row(y)[x]);
    }

    [Fact]
    public void WhatLiesOutsideLeavesNoTrace()
    {
        var picture = new Rasteriser(8, 8, outlines: false);
        picture.Fill([-5, -5, -1, -5, -1, 20, -5, 20], Same, Paint.Red);
        picture.Fill([9, 0, 20, 0, 20, 8], Same, Paint.Red);
        picture.Fill([0, 8.6, 8, 8.6, 8, 20], Same, Paint.Red);
        for (var y = 0; y < 8; y++)
            Assert.All(picture.Row(y).ToArray(), paint => Assert.Equal(Paint.Black, paint));
    }

    private static bool Contains(double[] corners, double x, double y)
    {
        var (left, right) = (false, false);
        for (var i = 0; i < corners.Length; i += 2)
        {
            var next = (i + 2) % corners.Length;
            var side = (corners[next] - corners[i]) * (y - corners[i + 1])
                - (corners[next + 1] - corners[i + 1]) * (x - corners[i]);
            left |= side > 0;
            right |= side < 0;
        }
        return !(left && right);
    }
}
