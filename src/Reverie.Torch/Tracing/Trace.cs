using Reverie.Torch.Capture;
using Reverie.Torch.Native;

namespace Reverie.Torch.Tracing;

/// <summary>
/// Which operators some work called, with which arguments, in order: the work itself runs, on real tensors, and what it
/// computes is what it always does. Work that reads numbers of the host is refused, since they would be frozen into the
/// record, and so is work in place.
/// </summary>
/// <remarks>All tensors are kept until the trace is freed, so that one and the same handle is one and the same tensor.
/// For the thread that traces; others are not watched.</remarks>
internal sealed class Trace : IDisposable
{
    /// <summary>Stands for a generator among arguments.</summary>
    public static readonly object Random = new();

    private static int active;
    [ThreadStatic] private static Trace? current;

    private readonly Dictionary<nint, TracedValue> values = [];
    private readonly List<TracedCall> calls = [];
    private readonly List<nint> held = [];

    private Trace()
    {
    }

    /// <summary>The calls, in order.</summary>
    public IReadOnlyList<TracedCall> Calls => calls;

    /// <summary>Does the work under observation.</summary>
    /// <exception cref="TorchException">It cannot be traced.</exception>
    public static Trace Of(Action work)
    {
        var trace = new Trace();
        var before = current;
        Interlocked.Increment(ref active);
        current = trace;
        try
        {
            Recording.Run(work);
            return trace;
        }
        catch
        {
            trace.Dispose();
            throw;
        }
        finally
        {
            current = before;
            Interlocked.Decrement(ref active);
        }
    }

    /// <summary>A tensor as the trace knows it; one that no call gave is taken in as it is.</summary>
    public TracedValue ValueOf(Tensor tensor) => ValueOf(tensor.Handle);

    /// <summary>Frees what was kept.</summary>
    public void Dispose()
    {
        TorchBinding.Free([.. held]);
        held.Clear();
        values.Clear();
    }

    /// <summary>Takes down a call of this thread, if it is traced.</summary>
    internal static void Note(Operator called, ReadOnlySpan<Value> arguments, params ReadOnlySpan<Tensor?> results)
    {
        if (active == 0 || current is not { } trace) return;
        var taken = new object?[arguments.Length];
        for (var i = 0; i < taken.Length; i++) taken[i] = arguments[i].Describe(trace.ValueOf);
        var call = new TracedCall(called.FullName, taken);
        var given = new TracedValue[results.Length];
        for (var i = 0; i < given.Length; i++) given[i] = trace.Hold(results[i]!.Handle, call);
        call.Results = given;
        trace.calls.Add(call);
    }

    /// <summary>Refuses what is done in place.</summary>
    internal static void ForbidInPlace(Operator called)
    {
        if (active > 0 && current is not null)
            throw new TorchException($"{called.FullName} writes into a tensor, which cannot be traced");
    }

    private TracedValue ValueOf(nint handle) => values.TryGetValue(handle, out var known) ? known : Hold(handle, null);

    private TracedValue Hold(nint handle, TracedCall? source)
    {
        var held = TorchBinding.Share(handle);
        this.held.Add(held);
        var (shape, dtype, _, _, _) = TorchBinding.Describe(held);
        return values[handle] = new TracedValue(held, shape, dtype, source);
    }
}
