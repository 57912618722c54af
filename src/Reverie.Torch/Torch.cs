using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>What concerns the library as a whole, and gradients.</summary>
public static class Torch
{
    /// <summary>Version of the libtorch that the native part was built against.</summary>
    public static string Version => TorchBinding.Version;

    /// <summary>Threads of one operator.</summary>
    public static int Threads
    {
        get => TorchBinding.Threads(0);
        set => TorchBinding.Threads(value);
    }

    /// <summary>Whether layers use the product's own loops and matrix tiles where the processor has what these need; else
    /// libtorch's operators alone, to compare with. True at first.</summary>
    public static bool OwnKernels
    {
        get => TorchBinding.OwnKernels(-1);
        set => TorchBinding.OwnKernels(value ? 1 : 0);
    }

    /// <summary>Level of instructions that the product's own kernels take: that of the process
    /// (<see cref="Processor.InForce"/>) at first. Libtorch's operators keep to that of the process.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is more than the process may use.</exception>
    public static InstructionSet OwnLevel
    {
        get => TorchBinding.OwnLevel(-1);
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((int)value, (int)Processor.InForce, nameof(value));
            ArgumentOutOfRangeException.ThrowIfNegative((int)value, nameof(value));
            TorchBinding.OwnLevel((int)value);
        }
    }

    /// <summary>Gradients of a scalar with respect to <paramref name="inputs"/> and nothing else; null where it does
    /// not depend on one.</summary>
    public static Tensor?[] Grad(Tensor loss, ReadOnlySpan<Tensor> inputs, bool keepGraph = false)
    {
        TensorScope.RequireOpen("grad");
        var handles = new nint[inputs.Length];
        var gradients = new nint[inputs.Length];
        for (var i = 0; i < inputs.Length; i++) handles[i] = inputs[i].Handle;
        TorchBinding.Grad(loss.Handle, handles, keepGraph, gradients);
        return Array.ConvertAll(gradients, handle => handle == 0 ? null : new Tensor(handle));
    }
}
