using System.Diagnostics;
using System.Globalization;

namespace Reverie.Torch.Ranks;

/// <summary>Looks after the other ranks while this one works: each gives a sign of life every second through the store, on a
/// connection and a thread of its own. One that gives none for too long, or that said why it ends, is told once.</summary>
internal sealed class RankWatch : IDisposable
{
    private const string Left = "left", Fault = "fault";
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly RankPlace place;
    private readonly TimeSpan silence;
    private readonly Action<string> lost;
    private readonly RankStore store;
    private readonly ManualResetEventSlim end = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Thread signs, guard;
    private readonly (string Sign, TimeSpan At)[] seen;
    private long round;        // ticks of the clock at the end of the last one
    private int told;

    /// <summary>Begins to look.</summary>
    /// <param name="place">Who this is.</param>
    /// <param name="silence">How long a rank may give no sign.</param>
    /// <param name="lost">Told, on another thread, once, why this rank cannot go on; a line that names the rank.</param>
    /// <exception cref="ReverieException">Rank 0 is not there.</exception>
    public RankWatch(RankPlace place, TimeSpan silence, Action<string> lost)
    {
        (this.place, this.silence, this.lost) = (place, silence, lost);
        store = new RankStore(place, silence, serves: false);
        seen = new (string, TimeSpan)[place.Count];
        signs = new Thread(Look) { Name = "signs of ranks", IsBackground = true };
        guard = new Thread(Guard) { Name = "guard of ranks", IsBackground = true };
        signs.Start();
        guard.Start();
    }

    /// <summary>Says why this rank ends, so that the others end with the same line; waits until they can have read it.</summary>
    public void Tell(string line)
    {
        Interlocked.Exchange(ref told, 1);
        try
        {
            lock (store) store.Set(Fault, line);
            // What rank 0 holds goes with it.
            if (place.Rank == 0) Thread.Sleep(3 * Beat);
        }
        catch (ReverieException)
        {
            // They are gone before it.
        }
    }

    /// <summary>Leaves in peace; rank 0, which holds the store, waits a while until all others have.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref told, 1);
        end.Set();
        // It is inside the store, where rank 0 does not answer: the store stays with it, and nobody is told.
        if (!signs.Join(silence)) return;
        try
        {
            store.Set(Sign(place.Rank), Left);
            for (var wait = Stopwatch.StartNew(); place.Rank == 0 && wait.Elapsed < silence; Thread.Sleep(20))
                if (Enumerable.Range(0, place.Count).All(rank => store.Find(Sign(rank)) == Left)) break;
        }
        catch (ReverieException)
        {
            // The others were faster.
        }
        store.Dispose();
        end.Dispose();
    }

    private static string Sign(int rank) => $"sign/{rank}";

    private void Look()
    {
        try
        {
            for (var count = 0L; !end.IsSet; end.Wait(Beat))
            {
                lock (store)
                {
                    store.Set(Sign(place.Rank), (++count).ToString(CultureInfo.InvariantCulture));
                    if (store.Find(Fault) is { } line) Say(line);
                    for (var rank = 0; rank < place.Count; rank++) See(rank);
                }
                Volatile.Write(ref round, clock.ElapsedTicks);
            }
        }
        catch (ReverieException)
        {
            if (!end.IsSet) Say($"rank 0 of {place.Count} is gone, or its machine");
        }
        catch (ObjectDisposedException)
        {
            // It was left in the meantime.
        }
    }

    private void See(int rank)
    {
        if (rank == place.Rank) return;
        var sign = store.Find(Sign(rank)) ?? "";
        if (sign != seen[rank].Sign || sign == Left || seen[rank].At == default) seen[rank] = (sign, clock.Elapsed);
        else if (clock.Elapsed - seen[rank].At > silence)
            Say($"rank {rank} of {place.Count} has given no sign of life for {silence.TotalSeconds:0} s: it was killed or stopped, or "
                + "its machine is gone");
    }

    // Rank 0 may be there and answer nothing, so that the other thread waits for good.
    private void Guard()
    {
        while (!end.IsSet)
        {
            Thread.Sleep(Beat);
            var ago = TimeSpan.FromSeconds((clock.ElapsedTicks - Volatile.Read(ref round)) / (double)Stopwatch.Frequency);
            if (ago > silence && place.Rank != 0)
                Say($"rank 0 of {place.Count} has not answered for {silence.TotalSeconds:0} s: it was stopped, or its machine is gone");
        }
    }

    private void Say(string line)
    {
        if (Interlocked.Exchange(ref told, 1) == 0) lost(line);
    }
}
