using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Native;

namespace Reverie.Tests.Torch;

/// <summary>Everything that is computed by loops of our own and nothing else, from numbers that no library drew: bits
/// to compare between processes.</summary>
internal static class LoopBits
{
    private const int Rows = 29, Units = 53;

    /// <summary>SHA-256 of all results and gradients.</summary>
    public static string Hash()
    {
        using var scope = new TensorScope();
        var random = new Random(5);
        Tensor Draw(params long[] shape)
        {
            var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
            for (var i = 0; i < values.Length; i++) values[i] = 6 * random.NextSingle() - 3;
            return Tensor.FromArray(values, shape);
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(params Tensor?[] tensors)
        {
            foreach (var tensor in tensors)
            {
                var values = tensor!.Detach().To(DType.Float32).Contiguous().ToArray<float>();
                hash.AppendData(MemoryMarshal.AsBytes<float>(values));
            }
        }
        void AddPass(Func<Tensor[], Tensor> function, params Tensor[] inputs)
        {
            foreach (var input in inputs) input.SetRequiresGrad(true);
            var y = function(inputs);
            Add(y);
            Add(Reverie.Torch.Torch.Grad((y.To(DType.Float32) * Draw([.. y.Shape])).Sum(), inputs));
        }

        foreach (var (parts, state) in new[]
            { (DType.Float32, DType.Float32), (DType.BFloat16, DType.Float32), (DType.BFloat16, DType.BFloat16) })
        {
            Tensor Of(int kinds, DType type) => Draw(Rows, kinds * Units).To(type);
            AddPass(x => x[0].GruGates(x[1], x[2]), Of(3, parts), Of(3, parts), Of(1, state));
            AddPass(x => x[0].GruReset(x[1]), Of(2, parts), Of(1, state));
            AddPass(x => x[0].GruBlend(x[1], x[2]), Of(2, parts), Of(1, parts), Of(1, state));
            AddPass(x => x[0].Reshape(Rows, 1, 3 * Units).BlockGates(x[1]), Of(3, parts), Of(1, state));
            foreach (var silu in new[] { false, true })
                AddPass(x => x[0].RmsNorm(x[1], 1e-4, silu, state), Of(1, parts), Draw(Units));
            var target = Of(1, state);
            AddPass(x => x[0].HalfSquaredError(target), Of(1, parts));
        }
        AddPass(x => x[0].LstmGates(x[1]), Draw(Rows, 4 * Units), Draw(Rows, Units));
        var (uniform, values) = (Draw(Rows).Abs() / 3, Draw(Rows) * 9);
        var bins = SymexpTwoHot.Bins(Units, Device.Cpu);
        AddPass(x => x[0].OneHotDraw(uniform, 0.01), Draw(Rows, Units));
        AddPass(x => x[0].OneHotDivergence(x[1], 0.01), Draw(Rows, Units), Draw(Rows, Units));
        AddPass(x => x[0].TwoHotLogProb(values, bins), Draw(Rows, Units));
        AddPass(x => x[0].TwoHotMean(bins), Draw(Rows, Units));
        AddPass(x => x[0].FusedConv2d(One(), x[1], stride: 1, activation: 1),
            Draw(3, 1, 31, 17).Contiguous(MemoryFormat.ChannelsLast), Draw(1));
        var bytes = new byte[3 * 997];
        random.NextBytes(bytes);
        var picture = Tensor.FromArray(bytes, [3, 997]);
        foreach (var type in new[] { DType.Float32, DType.BFloat16 })
            Add(picture.Dequantize(5, 7, type), picture.ScaleBytes(5, type));
        var (parameter, first, second) = (Draw(1009), Draw(1009), Draw(1009).Abs());
        Aten.Adam_.Run(new[] { parameter }, new[] { Draw(1009) }, new[] { first }, new[] { second },
            Tensor.Full([], 0.7), Tensor.FromArray([1e-3, 1e-8], [2]), 0.9, 0.999, 0.99);
        Add(parameter, first, second);
        Aten.LaProp_.Run(new[] { parameter }, new[] { Draw(1009) }, new[] { first }, new[] { second },
            Tensor.Full([1], 0.7), Tensor.FromArray([1e-3, 2.0], [2]), 0.9, 0.999, 1e-20);
        Add(parameter, first, second);
        Aten.RmsProp_.Run(new[] { parameter }, new[] { Draw(1009) }, new[] { second },
            Tensor.Full([], 0.7), Tensor.FromArray([1e-3, 1.0], [2]), 0.99, 0.1);
        Add(parameter, second);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    // A weight that leaves what it is multiplied with as it is.
    private static Tensor One() => Tensor.Ones([1, 1, 1, 1]).Contiguous(MemoryFormat.ChannelsLast);
}
