namespace Reverie.Cli.Dashboard;

/// <summary>How many may do something at once, because each holds something for as long.</summary>
/// <param name="most">At most so many.</param>
internal sealed class Rooms(int most)
{
    private int taken;

    /// <summary>Those that are in use.</summary>
    public int Taken => Volatile.Read(ref taken);

    /// <summary>Takes a room; null where all are taken. It is free again once what is returned is disposed.</summary>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref taken) <= most)
            return new Room(this);
        Interlocked.Decrement(ref taken);
        return null;
    }

    private sealed class Room(Rooms rooms) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref rooms.taken);
    }
}
