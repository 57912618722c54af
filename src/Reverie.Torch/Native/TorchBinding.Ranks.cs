using System.Runtime.InteropServices;

namespace Reverie.Torch.Native;

/// <summary>The functions of <c>native/torch_ranks.cpp</c>.</summary>
internal static unsafe partial class TorchBinding
{
    [LibraryImport(Library)] private static partial int rt_ranks();
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint rt_store(string address, int port, int ranks, int serves, long milliseconds);
    [LibraryImport(Library)] private static partial void rt_store_free(nint store);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rt_store_set(nint store, string key, byte* bytes, int count);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rt_store_has(nint store, string key);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rt_store_get(nint store, string key, byte* bytes, int room);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rt_store_count(nint store, string key);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint rt_group(nint store, int rank, int ranks, string network, string host, long milliseconds);
    [LibraryImport(Library)] private static partial void rt_group_free(nint group);
    [LibraryImport(Library)] private static partial int rt_group_sum(nint group, nint* tensors, int count);
    [LibraryImport(Library)]
    private static partial int rt_group_grad(nint group, nint loss, nint* inputs, int* ends, int buckets, int keepGraph, nint* sums);
    [LibraryImport(Library)] private static partial int rt_group_wait(nint group);
    [LibraryImport(Library)] private static partial int rt_group_broadcast(nint group, nint tensor, int root);
    [LibraryImport(Library)] private static partial int rt_group_gather(nint group, nint tensor, nint* gathered, int ranks);
    [LibraryImport(Library)] private static partial int rt_group_barrier(nint group);

    // The libraries that libtorch writes its log by, depending on how it was built, read these when they are loaded.
    internal static void LogLittle()
    {
        setenv("GLOG_minloglevel", "3", 0);
        setenv("TORCH_CPP_LOG_LEVEL", "FATAL", 0);
    }

    internal static bool HasRanks => rt_ranks() != 0;

    internal static nint NewStore(string address, int port, int ranks, bool serves, TimeSpan patience) =>
        Check(rt_store(address, port, ranks, serves ? 1 : 0, (long)patience.TotalMilliseconds));

    internal static void FreeStore(nint store) => rt_store_free(store);

    internal static void StoreSet(nint store, string key, ReadOnlySpan<byte> value)
    {
        fixed (byte* first = value) Check(rt_store_set(store, key, first, value.Length));
    }

    internal static bool StoreHas(nint store, string key) => Check(rt_store_has(store, key)) != 0;

    internal static byte[] StoreGet(nint store, string key)
    {
        for (var room = new byte[1 << 16]; ;)
        {
            int length;
            fixed (byte* first = room) length = Check(rt_store_get(store, key, first, room.Length));
            if (length <= room.Length) return room[..length];
            room = new byte[length];
        }
    }

    internal static int StoreCount(nint store, string key) => Check(rt_store_count(store, key));

    internal static nint NewGroup(nint store, int rank, int ranks, string network, string host, TimeSpan timeout) =>
        Check(rt_group(store, rank, ranks, network, host, (long)timeout.TotalMilliseconds));

    internal static void FreeGroup(nint group) => rt_group_free(group);

    internal static void GroupSum(nint group, ReadOnlySpan<nint> tensors)
    {
        fixed (nint* first = tensors) Check(rt_group_sum(group, first, tensors.Length));
    }

    internal static int GroupGrad(
        nint group, nint loss, ReadOnlySpan<nint> inputs, ReadOnlySpan<int> ends, bool keepGraph, Span<nint> sums)
    {
        fixed (nint* first = inputs)
        fixed (int* end = ends)
        fixed (nint* sum = sums)
            return Check(rt_group_grad(group, loss, first, end, ends.Length, keepGraph ? 1 : 0, sum));
    }

    internal static void GroupWait(nint group) => Check(rt_group_wait(group));

    internal static void GroupBroadcast(nint group, nint tensor, int root) => Check(rt_group_broadcast(group, tensor, root));

    internal static void GroupGather(nint group, nint tensor, ReadOnlySpan<nint> gathered)
    {
        fixed (nint* first = gathered) Check(rt_group_gather(group, tensor, first, gathered.Length));
    }

    internal static void GroupBarrier(nint group) => Check(rt_group_barrier(group));
}
