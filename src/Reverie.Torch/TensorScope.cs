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
    [ThreadStatic] private static Arena? t_current;
    [ThreadStatic] private static Stack<Arena>? t_spare;

    private readonly Arena _arena;

    /// <summary>Opens a scope inside the one that is open now, if any.</summary>
    public TensorScope()
    {
        var spare = t_spare ??= new Stack<Arena>();
        _arena = spare.Count > 0 ? spare.Pop() : new Arena();
        _arena.Outer = t_current;
        t_current = _arena;
    }

    /// <summary>Hands a tensor to the scope around this one.</summary>
    /// <exception cref="TorchException">There is no scope around this one; use <see cref="Tensor.Keep"/>.</exception>
    public Tensor Return(Tensor tensor)
    {
        var outer = _arena.Outer ?? throw new TorchException(
            "Return: no scope is open around this one; open one, or Keep() the tensor and dispose it yourself");
        if (tensor.Owner == _arena)
        {
            _arena.Remove(tensor);
            outer.Add(tensor);
        }
        return tensor;
    }

    /// <summary>Number of tensors that this scope owns now.</summary>
    public int Count => _arena.Count;

    /// <summary>Frees what the scope still owns.</summary>
    public void Dispose()
    {
        if (t_current != _arena)
            throw new TorchException("scopes must be closed in the reverse order of their opening, on the same thread");
        _arena.Free();
        t_current = _arena.Outer;
        _arena.Outer = null;
        t_spare!.Push(_arena);
    }

    internal static void RequireOpen(string what)
    {
        if (t_current is null)
            throw new TorchException($"{what}: no TensorScope is open; write `using var scope = new TensorScope();` around the work");
    }

    internal static Arena Innermost
    {
        get
        {
            RequireOpen("autocast");
            return t_current!;
        }
    }

    internal static void Adopt(Tensor tensor)
    {
        RequireOpen("a tensor was made");
        t_current!.Add(tensor);
    }

    /// <summary>A growing list of tensors; each knows its place in it.</summary>
    internal sealed class Arena
    {
        private Tensor?[] _tensors = new Tensor?[64];
        private nint[] _handles = new nint[64];

        internal Arena? Outer { get; set; }
        internal int Count { get; private set; }

        internal void Add(Tensor tensor)
        {
            if (Count == _tensors.Length)
            {
                Array.Resize(ref _tensors, 2 * Count);
                Array.Resize(ref _handles, 2 * Count);
            }
            tensor.Owner = this;
            tensor.Slot = Count;
            _handles[Count] = tensor.Handle;
            _tensors[Count++] = tensor;
        }

        internal void Remove(Tensor tensor)
        {
            var last = _tensors[--Count]!;
            _tensors[tensor.Slot] = last;
            _handles[tensor.Slot] = last.Handle;
            last.Slot = tensor.Slot;
            _tensors[Count] = null;
            tensor.Owner = null;
        }

        internal void Free()
        {
            for (var i = 0; i < Count; i++) _tensors[i]!.Forget();
            TorchDoor.Free(_handles.AsSpan(0, Count));
            Array.Clear(_tensors, 0, Count);
            Count = 0;
        }
    }
}
