using Reverie.Behaviors;
using Reverie.Tests.Torch;
using Reverie.Torch;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Behaviors;

/// <summary>Distributions over atoms, beside one that goes through all pairs of them.</summary>
[NoTensorLeaks]
public sealed class AtomReturnsTests
{
    /// <summary>TV-10.</summary>
    [Fact]
    public void TheProjectionMatchesTheVector()
    {
        using var scope = new TensorScope();
        using var returns = new AtomReturns(5, 2, Device.Cpu, DType.Float64);
        var target = returns.Project(FromArray([.1, .2, .4, .2, .1], [1, 5]), FromArray([.3], [1]), FromArray([.9], [1]));
        Near.Equal([.05, .17, .36, .28, .14], target[0]);
        Near.Equal(.29, (target * returns.Atoms).Sum());
        Near.Equal(1.5529066535776998, AtomReturns.CrossEntropy(target, FromArray([.1, -.2, .4, .3, 0], [1, 5]))[0]);
    }

    /// <summary>I-28: mass stays, and the mean where nothing is cut off.</summary>
    [Theory]
    [InlineData(2, 1.0)]
    [InlineData(11, 3.0)]
    [InlineData(51, 150.0)]
    public void ItIsWhatGoingThroughAllPairsGives(int count, double largest)
    {
        const int Rows = 200;
        var random = new RandomSource(3);
        var (p, r, d) = (new double[Rows * count], new double[Rows], new double[Rows]);
        for (var b = 0; b < Rows; b++)
        {
            (r[b], d[b]) = (random.NextDouble(-1.5, 1.5) * largest, b % 4 == 0 ? 0 : random.NextDouble(0, 1));
            for (var i = 0; i < count; i++) p[b * count + i] = random.NextDouble(0, 1);
            var sum = p[(b * count)..(b * count + count)].Sum();
            for (var i = 0; i < count; i++) p[b * count + i] /= sum;
        }
        using var scope = new TensorScope();
        using var returns = new AtomReturns(count, largest, Device.Cpu, DType.Float64);
        var found = returns.Project(FromArray(p, [Rows, count]), FromArray(r, [Rows]), FromArray(d, [Rows])).ToArray<double>();
        var gap = 2 * largest / (count - 1);
        var cut = 0;
        for (var b = 0; b < Rows; b++)
        {
            var (mass, mean, due) = (0.0, 0.0, 0.0);
            for (var i = 0; i < count; i++)
            {
                var (atom, all) = (i * gap - largest, 0.0);
                for (var j = 0; j < count; j++)
                {
                    var y = Math.Clamp(r[b] + d[b] * (j * gap - largest), -largest, largest);
                    all += p[b * count + j] * Math.Max(0, 1 - Math.Abs(y - atom) / gap);
                }
                Assert.Equal(all, found[b * count + i], 1e-9);
                (mass, mean) = (mass + found[b * count + i], mean + found[b * count + i] * atom);
                due += p[b * count + i] * (r[b] + d[b] * atom);
            }
            Assert.Equal(1, mass, 1e-12);
            if (Math.Abs(r[b]) + d[b] * largest > largest) cut++;
            else Assert.Equal(due, mean, 1e-9 * largest);
        }
        Assert.InRange(cut, 20, Rows - 20);
    }

    /// <summary>I-28: a number that is an atom stays one; one beyond the ends becomes the last.</summary>
    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 2)]
    [InlineData(2, 4)]
    [InlineData(5, 4)]
    [InlineData(-9, 0)]
    public void WhatIsAnAtomStaysOne(double returned, int atom)
    {
        using var scope = new TensorScope();
        using var returns = new AtomReturns(5, 2, Device.Cpu, DType.Float64);
        var expected = new double[5];
        expected[atom] = 1;
        Assert.Equal(expected, returns.Project(
            FromArray([.1, .2, .4, .2, .1], [1, 5]), FromArray([returned], [1]), FromArray([0.0], [1])).ToArray<double>()
            .Select(one => Math.Round(one, 12)));
        Assert.Equal(-2 + atom, returns.Mean(FromArray(expected, [1, 5]) * 1e3)[0].Item(), 1e-9);
    }
}
