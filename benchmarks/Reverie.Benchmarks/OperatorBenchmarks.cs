using BenchmarkDotNet.Attributes;
using Reverie.Torch;
using Reverie.Torch.Optim;

namespace Reverie.Benchmarks;

/// <summary>
/// What the way from C# into libtorch costs: operators so small that little else is left, and one step of Adam over as
/// many parameters as PlaNet has. One thread, no gradients; every figure is for one operator, its freeing included.
/// </summary>
[ShortRunJob]
[MemoryDiagnoser]
public class OperatorBenchmarks
{
    private const int Calls = 100, Layers = 40, Parameters = 5_300_000;

    private Tensor a = null!, b = null!, x = null!, weight = null!, bias = null!;
    private Tensor[] gradients = null!, parameters = null!;
    private Adam adam = null!;

    [GlobalSetup]
    public void Make()
    {
        Torch.Torch.Threads = 1;
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        (a, b) = (Draw(4), Draw(4));
        (x, weight, bias) = (Draw(16, 200), Draw(200, 200), Draw(200));
        parameters = [.. Enumerable.Range(0, Layers).Select(_ => Draw(Parameters / Layers))];
        gradients = [.. Enumerable.Range(0, Layers).Select(_ => Draw(Parameters / Layers))];
        adam = new Adam(parameters.Select((value, i) => ($"p{i}", value)), new AdamOptions { ClipNorm = 1000 });

        Tensor Draw(params ReadOnlySpan<long> shape) => Tensor.Randn(shape, noise).Keep();
    }

    [GlobalCleanup]
    public void Free()
    {
        adam.Dispose();
        foreach (var tensor in (Tensor[])[a, b, x, weight, bias, .. parameters, .. gradients]) tensor.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public void AddFourFloats()
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        for (var i = 0; i < Calls; i++) _ = a + b;
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public void Linear16By200()
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        for (var i = 0; i < Calls; i++) _ = x.Linear(weight, bias);
    }

    [Benchmark]
    public void AdamStepOfPlanetsSize()
    {
        using var scope = new TensorScope();
        adam.Step(gradients);
    }
}
