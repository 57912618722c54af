using Reverie.Torch.Tracing;

namespace Reverie.Torch.Native;

/// <summary>One ATen operator, found by its schema name at the first call.</summary>
internal sealed class Operator(string name, string overload = "")
{
    private nint handle;

    /// <summary>What the native part calls it by.</summary>
    /// <exception cref="TorchException">This libtorch has none of that name.</exception>
    internal nint Handle => handle != 0 ? handle : handle = TorchBinding.Operator(name, overload);

    /// <summary>Name and overload: <c>aten::add.Tensor</c>.</summary>
    internal string FullName => overload.Length == 0 ? name : $"{name}.{overload}";

    /// <summary>Calls it for the one tensor that it returns. Arguments left out at the end take the schema's defaults.
    /// </summary>
    internal Tensor Call(params ReadOnlySpan<Value> arguments)
    {
        Span<Value> results = stackalloc Value[1];
        TensorScope.RequireOpen(name);
        TorchBinding.Call(Handle, arguments, results, out _);
        var result = new Tensor(results[0].Handle);
        Trace.Note(this, arguments, result);
        return result;
    }

    /// <summary>Calls it for all tensors that it returns, lists laid out flat; null where one is undefined.</summary>
    internal Tensor[] CallMany(params ReadOnlySpan<Value> arguments)
    {
        Span<Value> room = stackalloc Value[8];
        TensorScope.RequireOpen(name);
        var count = TorchBinding.Call(Handle, arguments, room, out var many);
        var results = many ?? room[..count];
        var tensors = new Tensor[count];
        for (var i = 0; i < count; i++)
            tensors[i] = results[i].IsTensor ? new Tensor(results[i].Handle) : null!;
        Trace.Note(this, arguments, tensors);
        return tensors;
    }

    /// <summary>Calls it for its effect; what it returns is its own argument again.</summary>
    internal void Run(params ReadOnlySpan<Value> arguments)
    {
        Trace.ForbidInPlace(this);
        Span<Value> room = stackalloc Value[8];
        var count = TorchBinding.Call(Handle, arguments, room, out var many);
        var results = many ?? room[..count];
        Span<nint> handles = count <= 8 ? stackalloc nint[8] : new nint[count];
        var tensors = 0;
        foreach (var result in results)
            if (result.IsTensor) handles[tensors++] = result.Handle;
        TorchBinding.Free(handles[..tensors]);
    }
}
