using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>While open, operators of this thread record nothing for gradients.</summary>
public readonly ref struct NoGrad : IDisposable
{
    private readonly bool before;

    /// <summary>Stops recording.</summary>
    public NoGrad() => before = TorchBinding.SetGradMode(false);

    /// <summary>Goes back to what was.</summary>
    public void Dispose() => TorchBinding.SetGradMode(before);
}
