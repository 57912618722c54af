using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>While open, operators of this thread record nothing for gradients.</summary>
public readonly ref struct NoGrad : IDisposable
{
    [ThreadStatic] private static int t_open;
    private readonly bool _before;

    /// <summary>Stops recording.</summary>
    public NoGrad()
    {
        _before = TorchDoor.SetGradMode(false);
        t_open++;
    }

    /// <summary>True while one is open on this thread.</summary>
    public static bool IsOpen => t_open > 0;

    /// <summary>Goes back to what was.</summary>
    public void Dispose()
    {
        t_open--;
        TorchDoor.SetGradMode(_before);
    }
}
