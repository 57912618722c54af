using System.Net;
using System.Net.Sockets;
using Reverie.Torch.Ranks;

namespace Reverie.Tests.Fakes;

/// <summary>Ranks as threads of this process, each with its own connections, as processes have them.</summary>
internal static class RankThreads
{
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>A port that nobody has at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Lets them meet and work; what they return, in their order.</summary>
    public static T[] Run<T>(int count, Func<RankGroup, T> work, bool atEnd = true)
    {
        var port = FreePort();
        return [.. Each(count, rank =>
        {
            using var group = RankGroup.Join(new(rank, count, rank, count, "127.0.0.1", port), "the same", Patience);
            var result = work(group);
            if (atEnd) group.Barrier();      // nobody leaves before all are through
            return result;
        }).Select(end => end.Fault is null ? end.Result! : throw new InvalidOperationException("a rank", end.Fault))];
    }

    /// <summary>The same of anything that may throw.</summary>
    public static (T? Result, Exception? Fault)[] Each<T>(int count, Func<int, T> work)
    {
        var ends = new (T?, Exception?)[count];
        Thread[] threads = [.. Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                ends[rank] = (work(rank), null);
            }
            catch (Exception fault)
            {
                ends[rank] = (default, fault);
            }
        }))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return ends;
    }
}
