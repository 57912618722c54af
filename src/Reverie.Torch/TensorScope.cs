using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>
/// Owns every tensor born while it is the innermost open scope of its thread, and frees them all in one call at its
/// end. Tensors have no finalizer: without an open scope none can be made.
/// </summary>
/// <example><code>
/// using var scope = new TensorScope();
/// var loss = model.Loss(batch);
/// return scope.Return(loss);      // outlives this scope, owned by the one around it
/// </code></example>
public readonly ref struct TensorScope : IDisposable
{
    [ThreadStatic] private static Arena? current;
    [ThreadStatic] private static Stack<Arena>? spare;

    private readonly Arena arena;

    /// <summary>Opens a scope inside the one that is open now, if any.</summary>
    public TensorScope()
    {
        var spare = TensorScope.spare ??= new Stack<Arena>();
        arena = spare.Count > 0 ? spare.Pop() : new Arena();
        arena.Outer = current;
        current = arena;
    }

    /// <summary>Hands a tensor to the scope around this one.</summary>
    /// <exception cref="TorchException">There is no scope around this one; use <see cref="Tensor.Keep"/>.</exception>
    public Tensor Return(Tensor tensor)
    {
        var outer = arena.Outer ?? throw new TorchException(
            "Return: no scope is open around this one; open one, or Keep() the tensor and dispose it yourself");
        if (tensor.Owner == arena)
        {
            arena.Remove(tensor);
            outer.Add(tensor);
        }
        return tensor;
    }

    /// <summary>Number of tensors that this scope owns now.</summary>
    public int Count => arena.Count;

    /// <summary>Frees what the scope still owns.</summary>
    public void Dispose()
    {
        if (current != arena)
            throw new TorchException("scopes must be closed in the reverse order of their opening, on the same thread");
        arena.Free();
        current = arena.Outer;
        arena.Outer = null;
        spare!.Push(arena);
    }

    internal static void RequireOpen(string what)
    {
        if (current is null)
            throw new TorchException($"{what}: no TensorScope is open; write `using var scope = new TensorScope();` around the work");
    }

    internal static Arena Innermost
    {
        get
        {
            RequireOpen("autocast");
            return current!;
        }
    }

    internal static void Adopt(Tensor tensor)
    {
        RequireOpen("a tensor was made");
        current!.Add(tensor);
    }

    /// <summary>A growing list of tensors; each knows its place in it.</summary>
    internal sealed class Arena
    {
        private Tensor?[] tensors = new Tensor?[64];
        private nint[] handles = new nint[64];

        internal Arena? Outer { get; set; }
        internal int Count { get; private set; }

        internal void Add(Tensor tensor)
        {
            if (Count == tensors.Length)
            {
                Array.Resize(ref tensors, 2 * Count);
                Array.Resize(ref handles, 2 * Count);
            }
            tensor.Owner = this;
            tensor.Slot = Count;
            handles[Count] = tensor.Handle;
            tensors[Count++] = tensor;
        }

        internal void Remove(Tensor tensor)
        {
            var last = tensors[--Count]!;
            tensors[tensor.Slot] = last;
            handles[tensor.Slot] = last.Handle;
            last.Slot = tensor.Slot;
            tensors[Count] = null;
            tensor.Owner = null;
        }

        internal void Free()
        {
            for (var i = 0; i < Count; i++) tensors[i]!.Forget();
            TorchBinding.Free(handles.AsSpan(0, Count));
            Array.Clear(tensors, 0, Count);
            Count = 0;
        }
    }
}
