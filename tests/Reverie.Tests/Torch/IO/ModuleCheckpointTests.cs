using Reverie.Torch;
using Reverie.Torch.IO;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Tests.Torch.IO;

[NoTensorLeaks]
public sealed class ModuleCheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-checkpoint-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void TrainingGoesOnBitForBit()
    {
        using var scope = new TensorScope();
        using var whole = new Setup(1);
        whole.Train(5);
        whole.Save(folder);
        whole.Train(5);
        using var resumed = new Setup(2);
        resumed.Load(folder);
        resumed.Train(5);
        Assert.Equal(10, resumed.Adam.StepCount);
        Assert.Equal(Bits(whole), Bits(resumed));
    }

    [Fact]
    public void ChannelsLastWeightsComeBackInTheirOrder()
    {
        using var scope = new TensorScope();
        using var a = new Conv2d(3, 2, 4, 2, Init(1));
        using var b = new Conv2d(3, 2, 4, 2, Init(2));
        var path = Path.Combine(folder, "conv.safetensors");
        ModuleCheckpoint.Save(path, a);
        ModuleCheckpoint.Load(path, b);
        Assert.Equal(a.Parameters()[0].ToArray<float>(), b.Parameters()[0].ToArray<float>());
    }

    [Theory]
    [InlineData(4, 2, "the tensor 'layer0.weight' is F32 [8, 4], F32 [16, 4] is needed", 16)]
    [InlineData(4, 3, "the tensor 'layer2.weight' is missing", 8)]
    [InlineData(4, 1, "the tensor 'layer1.weight' has no place here", 8)]
    public void AFileThatDoesNotFitIsNamedAndChangesNothing(long inputs, int layers, string text, long units)
    {
        using var scope = new TensorScope();
        var path = Path.Combine(folder, "model.safetensors");
        using (var written = new Mlp(4, 2, 8, 3, "elu", Init(1))) ModuleCheckpoint.Save(path, written);
        using var module = new Mlp(inputs, layers, units, 3, "elu", Init(2));
        var before = module.Parameters().SelectMany(value => value.ToArray<float>()).ToArray();
        var error = Assert.Throws<InvalidDataException>(() => ModuleCheckpoint.Load(path, module));
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(before, module.Parameters().SelectMany(value => value.ToArray<float>()).ToArray());
    }

    [Fact]
    public void AnotherTypeAndACutFileAreNamed()
    {
        using var scope = new TensorScope();
        var path = Path.Combine(folder, "model.safetensors");
        using var module = new Linear(3, 2, Init(1));
        using (var doubles = new Linear(3, 2, Init(1) with { DType = DType.Float64 }))
            ModuleCheckpoint.Save(path, doubles);
        var type = Assert.Throws<InvalidDataException>(() => ModuleCheckpoint.Load(path, module));
        Assert.Contains("'weight' is F64 [2, 3], F32 [2, 3] is needed", type.Message, StringComparison.Ordinal);
        ModuleCheckpoint.Save(path, module);
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^5]);
        var cut = Assert.Throws<InvalidDataException>(() => ModuleCheckpoint.Load(path, module));
        Assert.Contains(path, cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOptimizerOfAnotherNameIsRefused()
    {
        using var scope = new TensorScope();
        using var setup = new Setup(1);
        var path = Path.Combine(folder, "optimizer.safetensors");
        ModuleCheckpoint.SaveOptimizers(path, ("actor", setup.Adam));
        var error = Assert.Throws<InvalidDataException>(
            () => ModuleCheckpoint.LoadOptimizers(path, ("model", setup.Adam)));
        Assert.Contains("'model.step' is missing", error.Message, StringComparison.Ordinal);
    }

    private static Initializer Init(ulong seed) => new(Device.Cpu, new Generator(Device.Cpu, seed));

    private static int[] Bits(Setup setup) => setup.Net.NamedParameters().Concat(setup.Adam.State)
        .SelectMany(each => each.Value.ToArray<float>()).Select(BitConverter.SingleToInt32Bits).ToArray();

    private sealed class Setup : IDisposable
    {
        private readonly Generator noise;

        internal Setup(ulong seed)
        {
            noise = new Generator(Device.Cpu, seed);
            Net = new Mlp(4, 2, 8, 3, "elu", Init(seed));
            Adam = new Adam(Net.NamedParameters(), new AdamOptions { ClipNorm = 0.5 });
        }

        internal Mlp Net { get; }
        internal Adam Adam { get; }

        internal void Train(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                using var scope = new TensorScope();
                Adam.Step(Net.Forward(Tensor.Randn([5, 4], noise)).Square().Mean());
            }
        }

        internal void Save(string folder)
        {
            ModuleCheckpoint.Save(Path.Combine(folder, "model.safetensors"), Net);
            ModuleCheckpoint.SaveOptimizers(Path.Combine(folder, "optimizer.safetensors"), ("model", Adam));
            File.WriteAllBytes(Path.Combine(folder, "noise"), noise.State);
        }

        internal void Load(string folder)
        {
            ModuleCheckpoint.Load(Path.Combine(folder, "model.safetensors"), Net);
            ModuleCheckpoint.LoadOptimizers(Path.Combine(folder, "optimizer.safetensors"), ("model", Adam));
            noise.State = File.ReadAllBytes(Path.Combine(folder, "noise"));
        }

        public void Dispose()
        {
            Adam.Dispose();
            Net.Dispose();
            noise.Dispose();
        }
    }
}
