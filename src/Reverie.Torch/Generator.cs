using Reverie.Torch.Capture;
using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>A seeded source of random numbers on a device; its state goes into checkpoints. Not thread-safe.
/// </summary>
public sealed class Generator : IDisposable
{
    [ThreadStatic] private static bool drawsAlike;

    private nint handle;

    /// <summary>A generator that starts from <paramref name="seed"/>. Trap: libtorch's on the processor looks at the lower
    /// 32 bits alone.</summary>
    public Generator(Device device, ulong seed)
    {
        Recording.Forbid("a new Generator");
        (Device, DrawsAlike) = (device, drawsAlike);
        handle = TorchBinding.NewGenerator(device, seed);
    }

    private Generator(Device device) => (Device, handle) = (device, TorchBinding.DefaultGenerator(device));

    /// <summary>The device's own generator, the only one that graphs may draw from. Nothing else here does.</summary>
    internal static Generator Default(Device device) => new(device);

    /// <summary>The device whose operators may draw from it.</summary>
    public Device Device { get; }

    /// <summary>Whether all numbers of a draw are one and the same, so that every row of a batch has the noise of all others,
    /// however the batch is divided.</summary>
    internal bool DrawsAlike { get; }

    /// <summary>Makes generators of this thread draw alike from now on, or no longer: for tests that divide a batch.</summary>
    internal static void DrawAlike(bool alike) => drawsAlike = alike;

    internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Generator));

    /// <summary>Everything that decides the numbers to come; setting it returns to that point exactly.</summary>
    public byte[] State
    {
        get
        {
            using var scope = new TensorScope();
            return new Tensor(TorchBinding.GeneratorState(Handle)).ToArray<byte>();
        }
        set
        {
            using var scope = new TensorScope();
            var state = Tensor.FromArray(value, [value.Length]);
            TorchBinding.SetGeneratorState(Handle, state.Handle);
        }
    }

    /// <summary>Frees the native part.</summary>
    public void Dispose()
    {
        if (handle != 0) TorchBinding.FreeGenerator(handle);
        handle = 0;
    }
}
