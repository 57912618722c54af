using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>While open, operators called by this thread use no more than so many threads: for work that is too small to
/// be shared, or whose parts wait for each other.</summary>
public readonly ref struct ThreadLimit : IDisposable
{
    private readonly int before;

    /// <summary>Lowers the number of threads to <paramref name="threads"/> where it is above.</summary>
    public ThreadLimit(int threads)
    {
        before = Torch.Threads;
        if (threads < before) TorchBinding.LimitThreads(threads);
    }

    /// <summary>Goes back to what was.</summary>
    public void Dispose()
    {
        if (Torch.Threads != before) TorchBinding.LimitThreads(before);
    }
}
