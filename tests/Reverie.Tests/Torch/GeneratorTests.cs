using Reverie.Torch;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Torch;

[NoTensorLeaks]
public class GeneratorTests
{
    [Fact]
    public void TheFirstNumbersOfASeedAreLibtorchs()
    {
        using var scope = new TensorScope();
        using var generator = new Generator(Device.Cpu, 0);
        // The Mersenne Twister's first three outputs of seed 0, their lower 24 bits over 2^24.
        Near.Equal([0.49625658988952637, 0.7682217955589294, 0.08847743272781372], Rand([3], generator), 1e-12);
    }

    [Fact]
    public void OneThatIsDisposedLeavesNothing()
    {
        Make(1_000);
        var before = Environment.WorkingSet;
        Make(40_000);    // of 2.5 kB each
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 40L << 20);

        static void Make(int count)
        {
            for (var i = 0; i < count; i++)
                new Generator(Device.Cpu, (ulong)i).Dispose();
        }
    }

    [Fact]
    public void AStateBringsTheSameNumbersBack()
    {
        using var scope = new TensorScope();
        using var generator = new Generator(Device.Cpu, 11);
        Randn([3], generator);                      // odd: a second number of a pair may wait inside
        var state = generator.State;
        var first = Draw(generator);
        Assert.NotEqual(first, Draw(generator));
        generator.State = state;
        Assert.Equal(first, Draw(generator));
        using var other = new Generator(Device.Cpu, 99) { State = state };
        Assert.Equal(first, Draw(other));
    }

    [Fact]
    public void GeneratorsDoNotDisturbEachOther()
    {
        using var scope = new TensorScope();
        using var a = new Generator(Device.Cpu, 5);
        using var b = new Generator(Device.Cpu, 5);
        Rand([100], b);
        using var c = new Generator(Device.Cpu, 5);
        Assert.Equal(Draw(a), Draw(c));
        Assert.NotEqual(Draw(b), Draw(a));
    }

    private static double[] Draw(Generator generator)
    {
        using var scope = new TensorScope();
        var (normal, uniform) = (Randn([5], generator, DType.Float64), Rand([5], generator, DType.Float64));
        return [.. normal.ToArray<double>(), .. uniform.ToArray<double>()];
    }
}
