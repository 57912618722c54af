using System.Diagnostics;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>The list of runs, read once for all who ask at the same time, on a thread of its own.</summary>
/// <param name="list">Reads it.</param>
internal sealed class SharedListing(Func<IReadOnlyList<RunSummary>> list)
{
    // A list that takes long is read less often: two thirds of the time are left to others.
    private const int Pauses = 2;
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private Task<IReadOnlyList<RunSummary>>? reading;
    private long next;

    /// <summary>The runs as they are, or were a moment ago.</summary>
    public Task<IReadOnlyList<RunSummary>> ListAsync()
    {
        lock (gate)
        {
            if (reading is null || (reading.IsCompleted && Stopwatch.GetTimestamp() >= Volatile.Read(ref next)))
                reading = Task.Factory.StartNew(
                    Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return reading;
        }
    }

    private IReadOnlyList<RunSummary> Read()
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return list();
        }
        finally
        {
            var pause = Math.Max(Fresh.TotalSeconds, Pauses * Stopwatch.GetElapsedTime(began).TotalSeconds);
            Volatile.Write(ref next, Stopwatch.GetTimestamp() + (long)(pause * Stopwatch.Frequency));
        }
    }
}
