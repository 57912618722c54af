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

    private Tensor _a = null!, _b = null!, _x = null!, _weight = null!, _bias = null!;
    private Tensor[] _gradients = null!, _parameters = null!;
    private Adam _adam = null!;

    [GlobalSetup]
    public void Make()
    {
        Torch.Torch.Threads = 1;
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        (_a, _b) = (Draw(4), Draw(4));
        (_x, _weight, _bias) = (Draw(16, 200), Draw(200, 200), Draw(200));
        _parameters = [.. Enumerable.Range(0, Layers).Select(_ => Draw(Parameters / Layers))];
        _gradients = [.. Enumerable.Range(0, Layers).Select(_ => Draw(Parameters / Layers))];
        _adam = new Adam(_parameters.Select((value, i) => ($"p{i}", value)), new AdamOptions { ClipNorm = 1000 });

        Tensor Draw(params ReadOnlySpan<long> shape) => Tensor.Randn(shape, noise).Keep();
    }

    [GlobalCleanup]
    public void Free()
    {
        _adam.Dispose();
        foreach (var tensor in (Tensor[])[_a, _b, _x, _weight, _bias, .. _parameters, .. _gradients]) tensor.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public void AddFourFloats()
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        for (var i = 0; i < Calls; i++) _ = _a + _b;
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public void Linear16By200()
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        for (var i = 0; i < Calls; i++) _ = _x.Linear(_weight, _bias);
    }

    [Benchmark]
    public void AdamStepOfPlanetsSize()
    {
        using var scope = new TensorScope();
        _adam.Step(_gradients);
    }
}
