using System.Diagnostics;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Torch;

[NoTensorLeaks]
public sealed class ProfileTests
{
    /// <summary>Every product is found in its layer: one forward, and the gradients of weight and input; the first layer's
    /// input needs none.</summary>
    [Fact]
    public void OperatorsAreCountedInTheirLayers()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var mlp = new Mlp(3, 2, 8, 1, "elu", new Initializer(Device.Cpu, random));
        var entries = Watch(mlp, () =>
        {
            var loss = mlp.Forward(Tensor.Ones([5, 3])).Sum();
            Reverie.Torch.Torch.Grad(loss, mlp.Parameters());
        });
        foreach (var (layer, gradients) in new[] { ("net.layer0", 1), ("net.layer1", 2), ("net.out", 2) })
        {
            Assert.Equal(1, Count(entries, layer, backward: false, "aten::addmm"));
            Assert.Equal(gradients, Count(entries, layer, backward: true, "aten::mm"));
        }
        foreach (var hidden in new[] { "net.layer0", "net.layer1" })
        {
            Assert.Equal(1, Count(entries, hidden, backward: false, "aten::elu"));
            Assert.Equal(1, Count(entries, hidden, backward: true, "aten::elu_backward"));
        }
        Assert.NotEqual(0, Count(entries, "", backward: false, "aten::sum"));
    }

    [Fact]
    public void TheTimesAddUpToLessThanTheClock()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var linear = new Linear(256, 256, new Initializer(Device.Cpu, random));
        var clock = Stopwatch.StartNew();
        var entries = Watch(linear, () => linear.Forward(Tensor.Ones([512, 256])).Sum());
        Assert.InRange(entries.Sum(entry => entry.Seconds), 1e-6, clock.Elapsed.TotalSeconds);
        Assert.All(entries, entry => Assert.True(entry.Seconds >= 0, entry.Operator));
    }

    [Fact]
    public void NothingIsWatchedAfterTheEndAndOnlyOneWatches()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var linear = new Linear(2, 2, new Initializer(Device.Cpu, random));
        var modules = new Dictionary<string, Module> { ["net"] = linear };
        using (new Profile(modules))
            Assert.Throws<InvalidOperationException>(() => new Profile(modules));
        linear.Forward(Tensor.Ones([1, 2]));
        Assert.Empty(Watch(linear, () => { }));
    }

    private static IReadOnlyList<ProfileEntry> Watch(Module module, Action work)
    {
        using var profile = new Profile(new Dictionary<string, Module> { ["net"] = module });
        work();
        return profile.Finish();
    }

    private static long Count(IEnumerable<ProfileEntry> entries, string layer, bool backward, string name) =>
        entries.Where(entry => (entry.Layer, entry.Backward, entry.Operator) == (layer, backward, name)).Sum(entry => entry.Count);
}
