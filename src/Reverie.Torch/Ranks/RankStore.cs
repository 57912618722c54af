using System.Diagnostics;
using System.Text;
using Reverie.Torch.Native;

namespace Reverie.Torch.Ranks;

/// <summary>What all ranks can read and write, by keys: libtorch's TCPStore, which rank 0 holds. One at a time may use it.
/// </summary>
internal sealed class RankStore : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly RankPlace place;
    private nint handle;

    /// <summary>Opens it at rank 0, connects to it at all others.</summary>
    /// <param name="place">Who this is.</param>
    /// <param name="patience">How long rank 0 may take to be there.</param>
    /// <param name="serves">Whether it is held here; by rank 0 the first time.</param>
    /// <exception cref="ReverieException">The port is taken, nobody is there, or this libtorch cannot.</exception>
    public RankStore(RankPlace place, TimeSpan patience, bool serves)
    {
        this.place = place;
        try
        {
            handle = TorchBinding.NewStore(place.Address, place.Port, place.Count, serves, patience);
        }
        catch (TorchException error) when (TorchBinding.HasRanks)
        {
            throw new NativeException(serves
                ? $"{place}: port {place.Port} cannot be listened at ({Words(error)}): another program or run has it, perhaps; "
                    + "set MASTER_PORT to another one, for all ranks alike"
                : $"{place}: no rank 0 at {place.Address}, port {place.Port} ({Words(error)}); see whether MASTER_ADDR and "
                    + "MASTER_PORT are the same for all ranks, and what rank 0 says", error);
        }
    }

    /// <summary>Sets a value.</summary>
    /// <exception cref="ReverieException">Rank 0 does not answer any more.</exception>
    public void Set(string key, string value) => Set(key, Encoding.UTF8.GetBytes(value));

    /// <inheritdoc cref="Set(string, string)"/>
    public void Set(string key, byte[] value) => Do(() => TorchBinding.StoreSet(handle, key, value));

    /// <summary>The value of a key, or null where nobody has set it.</summary>
    /// <exception cref="ReverieException">As for <see cref="Set(string, string)"/>.</exception>
    public string? Find(string key) => FindBytes(key) is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <inheritdoc cref="Find"/>
    public byte[]? FindBytes(string key) => Do(() => TorchBinding.StoreHas(handle, key) ? TorchBinding.StoreGet(handle, key) : null);

    /// <summary>The value of a key once somebody has set it, or null where that takes too long.</summary>
    /// <exception cref="ReverieException">As for <see cref="Set(string, string)"/>.</exception>
    public string? Await(string key, TimeSpan patience)
    {
        for (var clock = Stopwatch.StartNew(); ; Thread.Sleep(Poll))
        {
            if (Find(key) is { } value) return value;
            if (clock.Elapsed > patience) return null;
        }
    }

    /// <summary>How often that was called for the key by all ranks together, this time included.</summary>
    /// <exception cref="ReverieException">As for <see cref="Set(string, string)"/>.</exception>
    public int Count(string key) => Do(() => TorchBinding.StoreCount(handle, key));

    /// <summary>Leaves; where it is held here, it is gone for all.</summary>
    public void Dispose()
    {
        if (handle != 0) TorchBinding.FreeStore(handle);
        handle = 0;
    }

    internal nint Handle => handle;

    private T Do<T>(Func<T> work)
    {
        ObjectDisposedException.ThrowIf(handle == 0, this);
        try
        {
            return work();
        }
        catch (TorchException error)
        {
            throw new NativeException($"{place}: rank 0 at {place.Address} does not answer any more ({Words(error)})", error);
        }
    }

    private void Do(Action work) => Do(() =>
    {
        work();
        return 0;
    });

    // What the system says where it does; without where in libtorch's sources it was thrown.
    internal static string Words(Exception error)
    {
        const string Mark = "errno: ";
        var text = error.Message.Trim();
        if (text.IndexOf(Mark, StringComparison.Ordinal) is var at and >= 0 && text.IndexOf(" - ", at, StringComparison.Ordinal)
            is var from and >= 0 && text.IndexOf(')', from) is var to and >= 0) return text[(from + 3)..to];
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        return text[(end + 1)..].Trim().TrimEnd('.');
    }
}
