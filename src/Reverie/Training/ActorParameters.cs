using System.Runtime.InteropServices;
using Reverie.Agents;
using Reverie.Torch;

namespace Reverie.Training;

/// <summary>An agent's parameters as bytes, behind the number of updates that made them: learner and actors have the same program
/// and settings, so that names and shapes need not travel.</summary>
internal static class ActorParameters
{
    /// <summary>Takes them.</summary>
    public static byte[] Of(IAgent agent, long updates)
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        using var bytes = new MemoryStream();
        bytes.Write(BitConverter.GetBytes(updates));
        foreach (var value in In(agent))
            bytes.Write(MemoryMarshal.AsBytes(value.Detach().Flatten().To(DType.Float32).To(Device.Cpu).ToArray<float>().AsSpan()));
        return bytes.ToArray();
    }

    /// <summary>Puts them into an agent of the same settings.</summary>
    /// <returns>The updates that made them.</returns>
    public static long Load(byte[] bytes, IAgent agent)
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        var at = sizeof(long);
        foreach (var value in In(agent))
        {
            var length = (int)value.Numel * sizeof(float);
            var numbers = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(at, length)).ToArray();
            value.Detach().Copy_(Tensor.FromArray(numbers, value.Shape).To(value.Device));
            at += length;
        }
        return at == bytes.Length ? BitConverter.ToInt64(bytes)
            : throw new DataException($"the learner has parameters of {bytes.Length} bytes, this actor of {at}");
    }

    private static IEnumerable<Tensor> In(IAgent agent) => agent.Modules.OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .SelectMany(pair => pair.Value.NamedParameters(), (_, parameter) => parameter.Value);
}
