namespace Reverie.Torch.Capture;

/// <summary>Whether the work of this thread is being recorded: then numbers of the host would be frozen into it.</summary>
internal static class Recording
{
    [ThreadStatic] private static bool active;

    /// <summary>Does the work as work that is recorded.</summary>
    public static void Run(Action work)
    {
        active = true;
        try
        {
            work();
        }
        finally
        {
            active = false;
        }
    }

    /// <summary>Refuses what reads or writes memory of the host.</summary>
    public static void Forbid(string what)
    {
        if (active) throw new TorchException($"{what} moves numbers between the host and the device, which a graph cannot");
    }
}
