using System.Collections.Concurrent;

namespace Reverie.Cli.Dashboard.Play;

/// <summary>
/// Threads that dreams are played on, started when they are first needed and kept: an environment belongs to one
/// thread, and what a new thread allocates for itself (libtorch's workers, the allocator's arena, OpenGL's context) is
/// not given back when it ends.
/// </summary>
/// <param name="most">Threads, and dreams at once.</param>
internal sealed class PlayStage(int most) : IDisposable
{
    private readonly Lock gate = new();
    private readonly BlockingCollection<Action> waiting = [];
    private int threads, busy;

    /// <summary>Begins to do something on a thread of its own; null where all are taken.</summary>
    /// <param name="play">What is done; it ends by itself when it is to stop.</param>
    public Task<T>? TryStart<T>(Func<T> play)
    {
        lock (gate)
        {
            if (busy == most)
                return null;
            if (++busy > threads)
            {
                new Thread(Work) { IsBackground = true, Name = $"dream {threads}" }.Start();
                threads++;
            }
        }
        var end = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Add(() =>
        {
            Exception? fault = null;
            T? result = default;
            try
            {
                result = play();
            }
            catch (Exception thrown)
            {
                fault = thrown;
            }
            // First the room, then the word that it is over: whoever hears that finds the room free.
            lock (gate)
                busy--;
            if (fault is null)
                end.SetResult(result!);
            else
                end.SetException(fault);
        });
        return end.Task;
    }

    /// <summary>Ends the threads once they are idle.</summary>
    public void Dispose() => waiting.CompleteAdding();

    private void Work()
    {
        foreach (var play in waiting.GetConsumingEnumerable())
            play();
    }
}
