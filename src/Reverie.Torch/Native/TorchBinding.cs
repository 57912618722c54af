using System.Runtime.InteropServices;

namespace Reverie.Torch.Native;

/// <summary>The C functions of <c>native/torch_binding.cpp</c>, and nothing more.</summary>
internal static unsafe partial class TorchBinding
{
    private const string Library = "reverie_torch";
    private const int Abi = 6;

    static TorchBinding() => NativeLibraries.Register(typeof(TorchBinding).Assembly,
        new NativePart(Library, "rt_abi", Abi) { BeforeLoading = Prepare, Loaded = Configure });

    // Libraries read these when they are loaded; what the user has set stays.
    private static void Prepare()
    {
        // A thread that spins for long takes the core from the one it waits for wherever something else runs; one that
        // sleeps at once pays for waking in every small operator. So it spins for some microseconds, then sleeps.
        setenv("OMP_WAIT_POLICY", "passive", 0);
        setenv("GOMP_SPINCOUNT", "2000", 0);
        // libtorch sees a single core on some virtual machines, and would compute on that one only.
        setenv("OMP_NUM_THREADS", $"{Environment.ProcessorCount}", 0);
        // oneDNN keeps a kernel for every shape of a product, 1024 unless told, and then lets the oldest go. That of Debian 12
        // (2.6.3) makes one anew from a description that points into freed memory where several threads want it, so its room
        // must do for a process; a kernel takes about 80 kB.
        setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16384", 0);
        // Of Debian 13's libtorch is UCX, which takes SIGHUP for a wish to trace, and catches SIGSEGV, by which .NET tells a
        // null reference.
        setenv("UCX_DEBUG_SIGNO", "0", 0);
        setenv("UCX_HANDLE_ERRORS", "none", 0);
        var level = Processor.InForce;
        foreach (var (name, value) in Processor.Variables(level, Processor.Has))
            setenv(name, value, level < Processor.Has ? 1 : 0);
    }

    // By their addresses, since the runtime is still looking for the library.
    private static void Configure(nint library)
    {
        ((delegate* unmanaged[Cdecl]<void>)NativeLibrary.GetExport(library, "rt_keep_memory"))();
        ((delegate* unmanaged[Cdecl]<int, void>)NativeLibrary.GetExport(library, "rt_level"))((int)Processor.InForce);
    }

    // .NET's own SetEnvironmentVariable does not reach native code.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
    [LibraryImport(Library)] private static partial byte* rt_error();
    [LibraryImport(Library)] private static partial byte* rt_version();
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint rt_operator(string name, string overload);
    [LibraryImport(Library)] private static partial int rt_call(nint op, Value* arguments, int count, Value* results, int room);
    [LibraryImport(Library)] private static partial void rt_take_results(Value* results);
    [LibraryImport(Library)] private static partial void rt_free(nint* tensors, int count);
    [LibraryImport(Library)] private static partial nint rt_share(nint tensor);
    [LibraryImport(Library)] private static partial int rt_describe(nint tensor, long* sizes, int room, int* kind);
    [LibraryImport(Library)]
    private static partial nint rt_from_data(void* data, long bytes, int dtype, long* sizes, int dims, int device, int index);
    [LibraryImport(Library)] private static partial int rt_to_data(nint tensor, void* data, long bytes);
    [LibraryImport(Library)] private static partial int rt_set_requires_grad(nint tensor, int required);
    [LibraryImport(Library)] private static partial int rt_set_grad_mode(int enabled);
    [LibraryImport(Library)] private static partial int rt_grad(nint loss, nint* inputs, int count, int keep, nint* gradients);
    [LibraryImport(Library)] private static partial nint rt_generator(int device, int index, ulong seed);
    [LibraryImport(Library)] private static partial nint rt_generator_default(int device, int index);
    [LibraryImport(Library)] private static partial void rt_generator_free(nint generator);
    [LibraryImport(Library)] private static partial nint rt_generator_state(nint generator);
    [LibraryImport(Library)] private static partial int rt_generator_set_state(nint generator, nint state);
    [LibraryImport(Library)] private static partial int rt_graphs();
    [LibraryImport(Library)] private static partial nint rt_graph(int index);
    [LibraryImport(Library)] private static partial int rt_graph_enter(nint graph);
    [LibraryImport(Library)] private static partial int rt_graph_leave(nint graph);
    [LibraryImport(Library)] private static partial int rt_graph_begin(nint graph);
    [LibraryImport(Library)] private static partial int rt_graph_end(nint graph);
    [LibraryImport(Library)] private static partial int rt_graph_replay(nint graph);
    [LibraryImport(Library)] private static partial void rt_graph_free(nint graph);
    [LibraryImport(Library)] private static partial int rt_threads(int count);
    [LibraryImport(Library)] private static partial int rt_thread_limit(int count);
    [LibraryImport(Library)] private static partial int rt_own_kernels(int use);
    [LibraryImport(Library)] private static partial int rt_own_level(int level);
    [LibraryImport(Library)] private static partial int rt_cuda_devices();
    [LibraryImport(Library)] private static partial void rt_profile_begin();
    [LibraryImport(Library)] private static partial int rt_profile_layer(int layer);
    [LibraryImport(Library)] private static partial byte* rt_profile_end();

    internal static string Version => Marshal.PtrToStringUTF8((nint)rt_version())!;
    internal static int CudaDevices() => rt_cuda_devices();
    internal static void ProfileBegin() => rt_profile_begin();
    internal static int ProfileLayer(int layer) => rt_profile_layer(layer);
    internal static string ProfileEnd() => Marshal.PtrToStringUTF8((nint)rt_profile_end())!;
    internal static bool OwnKernels(int use) => rt_own_kernels(use) != 0;
    internal static InstructionSet OwnLevel(int level) => (InstructionSet)rt_own_level(level);
    internal static int Threads(int count) => Check(rt_threads(count));
    internal static void LimitThreads(int count) => Check(rt_thread_limit(count));
    internal static bool SetGradMode(bool enabled) => rt_set_grad_mode(enabled ? 1 : 0) != 0;
    internal static nint Share(nint tensor) => Check(rt_share(tensor));
    internal static nint Operator(string name, string overload) => Check(rt_operator(name, overload));
    internal static void SetRequiresGrad(nint tensor, bool required) => Check(rt_set_requires_grad(tensor, required ? 1 : 0));

    internal static void Free(ReadOnlySpan<nint> tensors)
    {
        fixed (nint* first = tensors) rt_free(first, tensors.Length);
    }

    /// <summary>Calls an operator; returns how many results were written to <paramref name="results"/>, or the whole
    /// set in <paramref name="many"/> where they do not fit.</summary>
    internal static int Call(nint op, ReadOnlySpan<Value> arguments, Span<Value> results, out Value[]? many)
    {
        int count;
        fixed (Value* first = arguments)
        fixed (Value* result = results)
            count = Check(rt_call(op, first, arguments.Length, result, results.Length));
        many = null;
        if (count > results.Length)
        {
            many = new Value[count];
            fixed (Value* all = many) rt_take_results(all);
        }
        return count;
    }

    internal static (long[] Shape, DType DType, Device Device, bool RequiresGrad, bool IsContiguous) Describe(nint tensor)
    {
        var sizes = stackalloc long[16];
        var kind = stackalloc int[5];
        var dims = Check(rt_describe(tensor, sizes, 16, kind));
        return (new ReadOnlySpan<long>(sizes, dims).ToArray(), (DType)kind[0], Device.From(kind[1], kind[2]), kind[3] != 0,
            kind[4] != 0);
    }

    internal static nint FromData<T>(ReadOnlySpan<T> data, DType dtype, ReadOnlySpan<long> shape, Device device) where T : unmanaged
    {
        fixed (T* first = data)
        fixed (long* sizes = shape)
            return Check(rt_from_data(first, (long)data.Length * sizeof(T), (int)dtype, sizes, shape.Length, device.Type, device.Index));
    }

    internal static void ToData<T>(nint tensor, Span<T> data) where T : unmanaged
    {
        fixed (T* first = data) Check(rt_to_data(tensor, first, (long)data.Length * sizeof(T)));
    }

    internal static void Grad(nint loss, ReadOnlySpan<nint> inputs, bool keepGraph, Span<nint> gradients)
    {
        fixed (nint* first = inputs)
        fixed (nint* result = gradients)
            Check(rt_grad(loss, first, inputs.Length, keepGraph ? 1 : 0, result));
    }

    internal static nint NewGenerator(Device device, ulong seed) => Check(rt_generator(device.Type, device.Index, seed));
    internal static nint DefaultGenerator(Device device) => Check(rt_generator_default(device.Type, device.Index));
    internal static void FreeGenerator(nint generator) => rt_generator_free(generator);
    internal static nint GeneratorState(nint generator) => Check(rt_generator_state(generator));
    internal static void SetGeneratorState(nint generator, nint state) => Check(rt_generator_set_state(generator, state));

    internal static bool HasGraphs => rt_graphs() != 0;
    internal static nint NewGraph(Device device) => Check(rt_graph(device.Index));
    internal static void EnterGraph(nint graph) => Check(rt_graph_enter(graph));
    internal static void LeaveGraph(nint graph) => Check(rt_graph_leave(graph));
    internal static void BeginGraph(nint graph) => Check(rt_graph_begin(graph));
    internal static void EndGraph(nint graph) => Check(rt_graph_end(graph));
    /// <summary>Ends a recording that failed, so that its stream is of use again; it has nothing to end with.</summary>
    internal static void AbandonGraph(nint graph) => _ = rt_graph_end(graph);
    internal static void ReplayGraph(nint graph) => Check(rt_graph_replay(graph));
    internal static void FreeGraph(nint graph) => rt_graph_free(graph);

    private static int Check(int result) => result >= 0 ? result : throw Error();

    private static nint Check(nint pointer) => pointer != 0 ? pointer : throw Error();

    private static TorchException Error()
    {
        var text = Marshal.PtrToStringUTF8((nint)rt_error()) ?? "unknown";
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return new TorchException(end < 0 ? text : text[..end]);
    }
}
