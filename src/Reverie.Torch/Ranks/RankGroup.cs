using System.Diagnostics;
using System.Globalization;
using Reverie.Torch.Native;

namespace Reverie.Torch.Ranks;

/// <summary>Processes that learn together, each with its share of every batch: libtorch's collectives (c10d) over Gloo. What
/// one rank calls, all call, in the same order. One thread at a time may use it.</summary>
/// <remarks>Sums are made in an order that depends on the number of ranks alone and are then handed round, so that all ranks
/// have the same bits, the same every time. Gradients are on their way while the backward pass goes on. Tensors of a GPU go by way
/// of the processor's memory, and its gradients after the pass.</remarks>
internal sealed class RankGroup : IGradientAverage, IGlobalStatistics, IDisposable
{
    // Small, since what is in the bucket that goes off last has nothing to hide behind.
    private const long UsualBucketBytes = 1 << 20;
    private const string Here = "here", Told = "told";      // how many ranks are, and have heard why not all are

    private static readonly TimeSpan TimeToTell = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Forever = TimeSpan.FromDays(2);    // who is gone, those that watch say

    private readonly RankStore store;
    private readonly Stopwatch communicating = new();
    private nint handle;

    private RankGroup(RankPlace place, RankStore store, nint handle) => (Place, this.store, this.handle) = (place, store, handle);

    /// <summary>Who this is.</summary>
    public RankPlace Place { get; }

    /// <inheritdoc/>
    public int Rank => Place.Rank;

    /// <inheritdoc/>
    public int Count => Place.Count;

    /// <summary>Seconds spent in collectives, waiting for other ranks included.</summary>
    public double CommunicationSeconds => communicating.Elapsed.TotalSeconds;

    /// <summary>Whether the libtorch at hand has c10d and Gloo.</summary>
    public static bool IsAvailable => TorchBinding.HasRanks;

    /// <summary>Has libtorch say nothing on standard error that an exception says as well. Before libtorch is loaded; what the user
    /// has set stays.</summary>
    public static void Quiet() => TorchBinding.LogLittle();

    /// <summary>Meets all others, looks whether all are the same, and connects to each.</summary>
    /// <param name="place">Who this is.</param>
    /// <param name="identity">What must be the same for all, in words for people: program, settings, and so on, a part a line.
    /// </param>
    /// <param name="patience">How long the others may take to be there.</param>
    /// <exception cref="ReverieException">The port is taken, a rank is missing, is there twice or is another one; the line names
    /// it.</exception>
    public static RankGroup Join(RankPlace place, string identity, TimeSpan patience)
    {
        var store = new RankStore(place, patience, serves: place.Rank == 0);
        try
        {
            Meet(store, place, identity, patience);
            var network = (Environment.GetEnvironmentVariable("GLOO_SOCKET_IFNAME") ?? "").Split(',')[0];
            return new(place, store, TorchBinding.NewGroup(
                store.Handle, place.Rank, place.Count, network, place.IsLocal ? "127.0.0.1" : "", Forever));
        }
        catch (TorchException error)
        {
            store.Dispose();
            throw new NativeException($"{place}: cannot be connected to the others ({RankStore.Words(error)}); "
                + "GLOO_SOCKET_IFNAME names the network interface to take", error);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Whether gradients go off while the backward pass goes on; the sums have the same bits either way.</summary>
    internal bool SendsEarly { get; set; } = true;

    /// <summary>Buckets of the newest <see cref="Gradients"/> that were under way when the last gradient came.</summary>
    internal int SentEarly { get; private set; }

    /// <summary>Bytes that a bucket of gradients comes to; the order of sums depends on it where there are more than two ranks.
    /// </summary>
    internal long BucketBytes { get; set; } = UsualBucketBytes;

    /// <inheritdoc/>
    public Tensor[] Gradients(Tensor loss, Tensor[] parameters, bool keepGraph = false)
    {
        if (!SendsEarly || parameters.Length == 0 || parameters[0].Device.IsCuda)
            return Average(Alone.Instance.Gradients(loss, parameters, keepGraph));
        var (buckets, sums) = (Buckets(parameters), new nint[parameters.Length]);
        SentEarly = TorchBinding.GroupGrad(handle, loss.Handle, Array.ConvertAll(parameters, one => one.Handle),
            [.. buckets.Select(bucket => bucket.End.Value)], keepGraph, sums);
        Tensor[] flat = [.. sums.Take(buckets.Count).Select(sum => new Tensor(sum))];
        Do(() => TorchBinding.GroupWait(handle));
        return Means(parameters, buckets, flat);
    }

    /// <summary>The mean over all ranks of each gradient.</summary>
    /// <param name="gradients">Of one rank, in the order of the parameters; they stay as they are.</param>
    /// <returns>As many of the same shapes, in the caller's scope.</returns>
    /// <exception cref="ReverieException">Another rank cannot be reached any more.</exception>
    public Tensor[] Average(Tensor[] gradients)
    {
        using var noGrad = new NoGrad();
        var buckets = Buckets(gradients);
        Tensor[] flat = [.. buckets.Select(bucket =>
            Tensor.Cat(Array.ConvertAll(gradients[bucket], gradient => gradient.Flatten())).To(Device.Cpu))];
        Sum(flat);
        return Means(gradients, buckets, flat);
    }

    /// <inheritdoc/>
    public Tensor Mean(Tensor value)
    {
        using var noGrad = new NoGrad();
        var sum = (value.Detach() / Count).Flatten().To(Device.Cpu);
        Sum([sum]);
        return sum.Reshape(value.Shape).To(value.Device);
    }

    /// <inheritdoc/>
    public Tensor All(Tensor values)
    {
        using var noGrad = new NoGrad();
        var mine = values.Detach().Flatten().To(Device.Cpu).Contiguous();
        Tensor[] all = [.. Enumerable.Range(0, Count).Select(_ => Tensor.Zeros(mine.Shape, mine.DType))];
        Do(() => TorchBinding.GroupGather(handle, mine.Handle, Array.ConvertAll(all, one => one.Handle)));
        return Tensor.Cat(all).To(values.Device);
    }

    /// <summary>The sums over ranks of some numbers.</summary>
    /// <exception cref="ReverieException">Another rank cannot be reached any more.</exception>
    public long[] Sum(params ReadOnlySpan<long> numbers)
    {
        using var scope = new TensorScope();
        var sum = Tensor.FromArray(numbers, [numbers.Length]);
        Sum([sum]);
        return sum.ToArray<long>();
    }

    /// <summary>What each rank says, in the order of ranks.</summary>
    /// <exception cref="ReverieException">Another rank cannot be reached any more.</exception>
    public string[] Gather(string text)
    {
        using var scope = new TensorScope();
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var lengths = All(Tensor.FromArray([(long)bytes.Length], [1])).ToArray<long>();
        var room = (int)lengths.Max();
        if (room == 0) return Array.ConvertAll(lengths, _ => "");
        Array.Resize(ref bytes, room);
        var all = All(Tensor.FromArray(bytes, [room])).ToArray<byte>();
        return [.. lengths.Select((length, rank) => System.Text.Encoding.UTF8.GetString(all, rank * room, (int)length))];
    }

    /// <summary>Gives all ranks what rank 0 has.</summary>
    /// <param name="tensor">Its numbers are replaced.</param>
    /// <exception cref="ReverieException">Another rank cannot be reached any more.</exception>
    public void Broadcast(Tensor tensor)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var flat = tensor.Detach().Flatten().To(Device.Cpu).Contiguous().Clone();
        Do(() => TorchBinding.GroupBroadcast(handle, flat.Handle, 0));
        if (Rank != 0) tensor.Detach().Copy_(flat.Reshape(tensor.Shape).To(tensor.Device));
    }

    /// <summary>Waits until all ranks are here.</summary>
    /// <exception cref="ReverieException">Another rank cannot be reached any more.</exception>
    public void Barrier() => Do(() => TorchBinding.GroupBarrier(handle));

    /// <summary>Leaves the others.</summary>
    public void Dispose()
    {
        if (handle != 0) TorchBinding.FreeGroup(handle);
        handle = 0;
        store.Dispose();
    }

    private static void Meet(RankStore store, RankPlace place, string identity, TimeSpan patience)
    {
        string Of(int rank) => $"identity/{rank}";
        store.Count(Here);
        if (store.Count($"rank/{place.Rank}") > 1)
            throw Refused($"{place} is there twice: two processes have the same number at {place.Address}, port {place.Port}");
        var mine = $"{place.Count} ranks\n{identity}";
        store.Set(Of(place.Rank), mine);
        var clock = Stopwatch.StartNew();
        foreach (var other in place.Rank == 0 ? Enumerable.Range(1, place.Count - 1) : [0])
        {
            string? its = null;
            while ((its = store.Find(Of(other))) is null)
            {
                if (store.Find("refused") is { } line) throw Left(line);
                if (clock.Elapsed > patience)
                    throw Refused($"rank {other} of {place.Count} is not there after {patience.TotalSeconds:0} s; see whether "
                        + "it was started, and what it says");
                Thread.Sleep(TimeSpan.FromMilliseconds(20));
            }
            if (its == mine) continue;
            var (one, two) = (its.Split('\n'), mine.Split('\n'));
            var at = Enumerable.Range(0, Math.Max(one.Length, two.Length))
                .First(line => one.ElementAtOrDefault(line) != two.ElementAtOrDefault(line));
            throw Refused($"rank {other} has {one.ElementAtOrDefault(at)}, rank {place.Rank} {two.ElementAtOrDefault(at)}: "
                + "all ranks must have the same");
        }
        if (place.Rank == 0) store.Set("met", "");
        while (store.Find("met") is null)
        {
            if (store.Find("refused") is { } line) throw Left(line);
            if (clock.Elapsed > patience + patience)
                throw Refused($"{place}: not all ranks were there after {clock.Elapsed.TotalSeconds:0} s; see what rank 0 says");
            Thread.Sleep(TimeSpan.FromMilliseconds(20));
        }

        ConfigurationException Refused(string line)
        {
            store.Set("refused", line);
            return Left(line);
        }

        // The line goes with the store, which is rank 0's: those that are here read it first.
        ConfigurationException Left(string line)
        {
            if (place.Rank != 0) store.Count(Told);
            else for (var clock = Stopwatch.StartNew(); Times(Told) < Times(Here) - 1 && clock.Elapsed < TimeToTell;) Thread.Sleep(20);
            return new ConfigurationException(line);
        }

        int Times(string key) => int.Parse(store.Find(key) ?? "0", CultureInfo.InvariantCulture);
    }

    // Neighbours of one type, as many as come to the size of a bucket; a larger one has its own.
    private List<Range> Buckets(Tensor[] tensors)
    {
        var (buckets, begin, bytes) = (new List<Range>(), 0, 0L);
        for (var i = 0; i < tensors.Length; i++)
        {
            var size = tensors[i].Numel * 4;
            if (i > begin && (bytes + size > BucketBytes || tensors[i].DType != tensors[begin].DType))
            {
                buckets.Add(begin..i);
                (begin, bytes) = (i, 0);
            }
            bytes += size;
        }
        if (tensors.Length > begin) buckets.Add(begin..tensors.Length);
        return buckets;
    }

    // Of each bucket's flat sum the parts, shaped as the tensors that it is of.
    private Tensor[] Means(Tensor[] alike, List<Range> buckets, Tensor[] sums)
    {
        using var noGrad = new NoGrad();
        var means = new Tensor[alike.Length];
        foreach (var (bucket, sum) in buckets.Zip(sums))
        {
            var (mean, at) = ((sum / Count).To(alike[bucket.Start.Value].Device), 0L);
            for (var i = bucket.Start.Value; i < bucket.End.Value; at += alike[i++].Numel)
                means[i] = mean.Narrow(0, at, alike[i].Numel).Reshape(alike[i].Shape);
        }
        return means;
    }

    private void Sum(Tensor[] tensors) =>
        Do(() => TorchBinding.GroupSum(handle, Array.ConvertAll(tensors, tensor => tensor.Handle)));

    private void Do(Action work)
    {
        ObjectDisposedException.ThrowIf(handle == 0, this);
        communicating.Start();
        try
        {
            work();
        }
        catch (TorchException error)
        {
            throw new RankLostException($"{Place}: another rank cannot be reached any more ({RankStore.Words(error)})", error);
        }
        finally
        {
            communicating.Stop();
        }
    }
}
