using System.Runtime.ExceptionServices;

namespace Reverie.Environments;

/// <summary>
/// A few threads that live as long as the team and work in rounds over numbered items, of which each belongs to one
/// thread for good. The caller is the first of the threads; the others wait between two rounds. A round allocates
/// nothing.
/// </summary>
/// <remarks>A semaphore spins for microseconds before it sleeps. Spinning longer made rounds slower wherever something
/// else wanted the processor.</remarks>
internal sealed class ThreadTeam : IDisposable
{
    private readonly SemaphoreSlim[] begin;    // one for each thread but the caller
    private readonly SemaphoreSlim end = new(0);
    private readonly Thread[] threads;
    private readonly Exception?[] faults;
    private Action<int>? work;    // null asks the threads to leave
    private int items;

    /// <summary>Starts the threads.</summary>
    /// <param name="size">Threads, the caller included; at least 1.</param>
    /// <param name="name">What debuggers call them.</param>
    public ThreadTeam(int size, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        faults = new Exception?[size];
        begin = [.. Enumerable.Range(1, size - 1).Select(_ => new SemaphoreSlim(0))];
        threads = [.. Enumerable.Range(1, size - 1).Select(i =>
            new Thread(() => Live(i)) { IsBackground = true, Name = $"{name} {i}" })];
        foreach (var thread in threads)
            thread.Start();
    }

    /// <summary>Threads, the caller included.</summary>
    public int Size => faults.Length;

    /// <summary>Calls <paramref name="one"/> with the numbers from 0 to <paramref name="count"/> − 1, number i on
    /// thread i modulo <see cref="Size"/>, and returns when all are done. An exception ends the share of its thread
    /// alone and is thrown again here, the first thread's where there are several.</summary>
    public void Run(int count, Action<int> one)
    {
        (items, work) = (count, one);
        foreach (var signal in begin)
            signal.Release();
        Work(0);
        foreach (var _ in threads)
            end.Wait();
        foreach (var fault in faults)
            if (fault is not null)
                ExceptionDispatchInfo.Throw(fault);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        work = null;
        foreach (var signal in begin)
            signal.Release();
        foreach (var thread in threads)
            thread.Join();
        foreach (var signal in begin)
            signal.Dispose();
        end.Dispose();
    }

    private void Live(int thread)
    {
        while (true)
        {
            begin[thread - 1].Wait();
            if (work is null)
                return;
            Work(thread);
            end.Release();
        }
    }

    private void Work(int thread)
    {
        faults[thread] = null;
        try
        {
            for (var item = thread; item < items; item += Size)
                work!(item);
        }
        catch (Exception fault)
        {
            faults[thread] = fault;
        }
    }
}
