using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Torch.Capture;
using Reverie.Torch.IO;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Torch.Optim;

[NoTensorLeaks]
public class LaPropTests
{
    private static readonly LaPropOptions AtOnce = new() { LearningRate = 0.01, WarmUp = 0 };

    /// <summary>Clipped to 0.3, 1 and 1 of themselves; steps of (1, 1), (0.709107, 0.238262), (0.447444, 0.546749).</summary>
    [Theory]
    [InlineData(DType.Float64, false, 1e-6)]
    [InlineData(DType.Float32, false, 2e-6)]
    [InlineData(DType.Float64, true, 1e-6)]
    [InlineData(DType.Float32, true, 2e-6)]
    public void MatchesTheVector(DType type, bool together, double tolerance)
    {
        using var scope = new TensorScope();
        var theta = Leaf([3, 4], type);
        using var laprop = new LaProp([("theta", theta)], AtOnce, together);
        double[][] steps = [[1, 1], [0.709107, 0.238262], [0.447444, 0.546749]];
        double[][] gradients = [[3, 4], [0.3, -0.4], [0, 1]];
        for (var i = 0; i < steps.Length; i++)
        {
            var before = theta.Detach().Clone();
            Near.Equal(Math.Sqrt(gradients[i].Sum(g => g * g)), laprop.Step([Vector(gradients[i], type)]), tolerance);
            Near.Equal(steps[i], (before - theta.Detach()) * 100, 100 * tolerance);
        }
        Near.Equal([2.978434, 3.98215], theta, tolerance);
        Assert.Equal(3, laprop.StepCount);
        Assert.Equal(["theta.m", "theta.v"], laprop.State.Select(each => each.Name));
    }

    /// <summary>The step size of update n is (n − 1)/1000 of the full one, up to the thousandth and first.</summary>
    [Fact]
    public void TheFirstUpdateChangesNothingAndStepsGrow()
    {
        using var scope = new TensorScope();
        var theta = Leaf([1.0], DType.Float64);
        using var laprop = new LaProp([("theta", theta)], new LaPropOptions { LearningRate = 0.5, AgcClip = 0 });
        double Moved()
        {
            var before = theta.Item();
            laprop.Step([Vector([2], DType.Float64)]);
            return before - theta.Item();
        }
        Assert.Equal(0, Moved());
        Assert.Equal(0.5 / 1000, Moved(), 1e-12);
        Assert.Equal(2 * 0.5 / 1000, Moved(), 1e-12);
        laprop.StepCount = 999;
        laprop.State.Last().Value.Fill_(4 * (1 - Math.Pow(0.999, 999)));      // as if all gradients had been 2
        laprop.State.First().Value.Fill_(1);
        Assert.Equal(0.999 * 0.5, Moved(), 1e-9);
        Assert.Equal(0.5, Moved(), 1e-9);
        Assert.Equal(0.5, Moved(), 1e-9);
    }

    /// <summary>A layer of zeros may have a gradient of 3e-4; whatever is left of it is a whole step.</summary>
    [Fact]
    public void GradientsAreClippedByTheirParametersNorm()
    {
        using var scope = new TensorScope();
        var (zeros, large) = (Leaf([0, 0], DType.Float64), Leaf([30, 40], DType.Float64));
        using var laprop = new LaProp([("zeros", zeros), ("large", large)], AtOnce);
        Near.Equal(Math.Sqrt(25 + 900), laprop.Step([Vector([3, 4], DType.Float64), Vector([0, 30], DType.Float64)]));
        var squares = laprop.State.Where(each => each.Name.EndsWith(".v", StringComparison.Ordinal)).ToArray();
        Near.Equal([1e-3 * 1.8e-4 * 1.8e-4, 1e-3 * 2.4e-4 * 2.4e-4], squares[0].Value, 1e-18);
        Near.Equal([0, 1e-3 * 15 * 15], squares[1].Value, 1e-12);
        Near.Equal([-0.01, -0.01], zeros, 1e-12);
    }

    /// <summary>However small, as long as its square is a normal number; beyond it counts as 0, and is not divided by
    /// ε.</summary>
    [Theory]
    [InlineData(1e-10, 1)]
    [InlineData(1e-17, 1)]
    [InlineData(3e-18, 0)]
    [InlineData(1e-19, 0)]
    [InlineData(1e-25, 0)]
    [InlineData(0, 0)]
    public void TinyGradientsAreWholeStepsOrNone(double gradient, double step)
    {
        using var scope = new TensorScope();
        foreach (var together in new[] { false, true })
        {
            var theta = Leaf([0.0, 0.0], DType.Float32);
            using var laprop = new LaProp([("theta", theta)], AtOnce, together);
            laprop.Step([Vector([gradient, -gradient], DType.Float32)]);
            Near.Equal([-0.01 * step, 0.01 * step], theta, 0.01 * 2e-3);        // √v + ε is 0.1 % more than √v at 1e-17
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void WhatIsNotFiniteIsToldAndNotHidden(double bad)
    {
        using var scope = new TensorScope();
        foreach (var together in new[] { false, true })
        {
            var theta = Leaf([1, 1], DType.Float32);
            using var laprop = new LaProp([("theta", theta)], AtOnce, together);
            Assert.False(double.IsFinite(laprop.Step([Vector([bad, 1], DType.Float32)]).Item()));
            Assert.False(double.IsFinite(theta[0].Item()));
        }
    }

    /// <summary>The one pass, on any number of threads, and all moments in one tensor, against operators one by one.</summary>
    [Fact]
    public void OnePassIsThePlainOperators()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        Tensor[] starts =
        [
            Randn([300, 201], random), Zeros([7]), Randn([8, 6, 5, 5], random).Contiguous(MemoryFormat.ChannelsLast),
            Scalar(2),
        ];
        var gradients = Enumerable.Range(0, 6).Select(i => Array.ConvertAll(starts, start =>
            Randn(start.Shape, random) * Math.Pow(10, i - 4) * (Rand(start.Shape, random).Gt(0.1).To(DType.Float32))))
            .ToArray();
        var expected = Plain(starts, gradients);
        var onePass = Moved(starts, gradients, false);
        for (var i = 0; i < starts.Length; i++)
        {
            Near.Equal(Values(expected[i]), onePass[i], 1e-6);
            Near.Equal(Values(expected[i]), Moved(starts, gradients, true)[i], 1e-6);
        }
        using var one = new ThreadLimit(1);
        Assert.Equal(onePass.Select(Values), Moved(starts, gradients, false).Select(Values));
    }

    [Fact]
    public void StepsAreTheSameRecordedInAGraph()
    {
        Assert.Equal(Steps(_ => new CapturedWork("stepping", Device.Cpu, Assert.Fail)),
            Steps(state => new CapturedWork("stepping", () => new RepeatedGraph(() => state, () => { }),
                new LineLogger(Assert.Fail))));

        static float[] Steps(Func<Tensor[], CapturedWork> make)
        {
            using var scope = new TensorScope();
            using var noise = new Generator(Device.Cpu, 3);
            using var net = new Linear(4, 3, new Initializer(Device.Cpu, noise));
            using var laprop = new LaProp(net.NamedParameters(), AtOnce with { WarmUp = 5 }, together: true);
            Tensor[] state = [.. net.Parameters(), .. laprop.State.Select(each => each.Value)];
            using var captured = make(state);
            for (var i = 0; i < 8; i++)
            {
                laprop.Advance();
                captured.Run("step", [Randn([5, 4], noise)], state, noise,
                    (inputs, _) => [laprop.Apply(net.Forward(inputs[0]).Square().Mean())]);
            }
            return [.. state.SelectMany(part => part.Detach().Flatten().ToArray<float>())];
        }
    }

    [Fact]
    public void MomentsAndCountsAreKeptInCheckpoints()
    {
        using var folder = new TemporaryDirectory();
        using var scope = new TensorScope();
        var path = Path.Combine(folder.Path, "optimizer.safetensors");
        float[] After(bool resumed)
        {
            var theta = Leaf([3, 4], DType.Float32);
            var first = new LaProp([("theta", theta)], AtOnce with { WarmUp = 3 });
            for (var i = 0; i < 2; i++) first.Step([Vector([1, 2 * i], DType.Float32)]);
            if (resumed)
            {
                ModuleCheckpoint.SaveOptimizers(path, ("model", first));
                first.Dispose();
                first = new LaProp([("theta", theta)], AtOnce with { WarmUp = 3 });
                ModuleCheckpoint.LoadOptimizers(path, ("model", first));
            }
            for (var i = 0; i < 3; i++) first.Step([Vector([1, -1], DType.Float32)]);
            first.Dispose();
            return theta.ToArray<float>();
        }
        Assert.Equal(After(resumed: false), After(resumed: true));
    }

    // Five lines of operators, in float64.
    private static Tensor[] Plain(Tensor[] starts, Tensor[][] gradients)
    {
        var theta = Array.ConvertAll(starts, start => start.Detach().To(DType.Float64));
        var m = Array.ConvertAll(theta, value => Zeros(value.Shape, DType.Float64));
        var v = Array.ConvertAll(m, value => value.Clone());
        for (var t = 1; t <= gradients.Length; t++)
            for (var i = 0; i < theta.Length; i++)
            {
                var g = gradients[t - 1][i].To(DType.Float64);
                g *= 1 / Math.Max(1, g.Norm().Item() / (0.3 * Math.Max(1e-3, theta[i].Norm().Item())));
                v[i] = v[i] * 0.999 + g.Square() * 0.001;
                m[i] = m[i] * 0.9 + g / ((v[i] / (1 - Math.Pow(0.999, t))).Sqrt() + 1e-20) * 0.1;
                theta[i] -= m[i] * (0.01 / (1 - Math.Pow(0.9, t)));
            }
        return theta;
    }

    private static Tensor[] Moved(Tensor[] starts, Tensor[][] gradients, bool together)
    {
        var theta = Array.ConvertAll(starts, start => start.Detach().Clone().SetRequiresGrad(true));
        using var laprop = new LaProp(theta.Select((value, i) => ($"p{i}", value)), AtOnce, together);
        foreach (var gradient in gradients) laprop.Step(gradient);
        return theta;
    }

    private static double[] Values(Tensor tensor) =>
        tensor.Detach().To(DType.Float64).Contiguous().Flatten().ToArray<double>();

    private static Tensor Vector(double[] values, DType type) => FromArray(values, [values.Length]).To(type);

    private static Tensor Leaf(double[] values, DType type) => Vector(values, type).SetRequiresGrad(true);
}
