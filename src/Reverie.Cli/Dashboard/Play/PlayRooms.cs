namespace Reverie.Cli.Dashboard.Play;

/// <summary>How many dreams are played at once: each holds a model and an environment.</summary>
/// <param name="most">At most so many.</param>
internal sealed class PlayRooms(int most = PlayRooms.Most)
{
    /// <summary>At most, unless said otherwise.</summary>
    public const int Most = 4;

    private int taken;

    /// <summary>Those that are being played.</summary>
    public int Taken => Volatile.Read(ref taken);

    /// <summary>Takes a room; null where all are taken. It is free again once what is returned is disposed.</summary>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref taken) <= most)
            return new Room(this);
        Interlocked.Decrement(ref taken);
        return null;
    }

    private sealed class Room(PlayRooms rooms) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref rooms.taken);
    }
}
