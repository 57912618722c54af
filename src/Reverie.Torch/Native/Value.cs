using System.Runtime.InteropServices;

namespace Reverie.Torch.Native;

/// <summary>One argument or result of an operator: a tag and 8 bytes, laid out as <c>rt_value</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal readonly unsafe struct Value
{
    private const int TensorTag = 1, IntTag = 2, DoubleTag = 3, BoolTag = 4, IntsTag = 5, TensorsTag = 6, GeneratorTag = 9,
        DeviceTag = 11;

    [FieldOffset(0)] private readonly int tag;
    [FieldOffset(4)] private readonly int count;
    [FieldOffset(8)] private readonly long integer;
    [FieldOffset(8)] private readonly double real;
    [FieldOffset(8)] private readonly nint pointer;

    private Value(int tag, int count, long integer) => (this.tag, this.count, this.integer) = (tag, count, integer);
    private Value(double real) => (tag, this.real) = (DoubleTag, real);
    private Value(int tag, int count, void* pointer) => (this.tag, this.count, this.pointer) = (tag, count, (nint)pointer);

    internal static Value None => default;
    internal bool IsTensor => tag == TensorTag;
    internal nint Handle => pointer;

    public static implicit operator Value(Tensor? tensor) =>
        tensor is null ? default : new Value(TensorTag, 0, (void*)tensor.Handle);
    public static implicit operator Value(long value) => new(IntTag, 0, value);
    public static implicit operator Value(int value) => new(IntTag, 0, value);
    public static implicit operator Value(bool value) => new(BoolTag, 0, value ? 1 : 0);
    public static implicit operator Value(double value) => new(value);
    public static implicit operator Value(DType value) => new(IntTag, 0, (long)value);
    public static implicit operator Value(Device device) => new(DeviceTag, device.Index, device.Type);
    public static implicit operator Value(Generator? generator) =>
        generator is null ? default : new Value(GeneratorTag, 0, (void*)generator.Handle);
    public static implicit operator Value(long[]? values) => values is null ? default : Longs(values);
    public static implicit operator Value(ReadOnlySpan<long> values) => Longs(values);
    public static implicit operator Value(Tensor[] values) => Handles(TensorsTag, values);
    public static implicit operator Value(ReadOnlySpan<Tensor> values) => Handles(TensorsTag, values);

    /// <summary>What it stands for, as <see cref="Tracing.TracedCall"/> keeps it.</summary>
    internal object? Describe(Func<nint, Tracing.TracedValue> tensor) => tag switch
    {
        TensorTag => tensor(pointer),
        IntTag => integer,
        DoubleTag => real,
        BoolTag => integer != 0,
        IntsTag => new ReadOnlySpan<long>((void*)pointer, count).ToArray(),
        TensorsTag => Array.ConvertAll(new ReadOnlySpan<nint>((void*)pointer, count).ToArray(), each => tensor(each)),
        GeneratorTag => Tracing.Trace.Random,
        _ => null,
    };

    private static Value Longs(ReadOnlySpan<long> values)
    {
        var list = (long*)Scratch.Take(values.Length);
        values.CopyTo(new Span<long>(list, values.Length));
        return new Value(IntsTag, values.Length, list);
    }

    private static Value Handles(int tag, ReadOnlySpan<Tensor> values)
    {
        var list = (nint*)Scratch.Take(values.Length);
        for (var i = 0; i < values.Length; i++) list[i] = values[i].Handle;
        return new Value(tag, values.Length, list);
    }

    /// <summary>Short-lived room for lists: a ring large enough that what one call points to is not reused in it.
    /// </summary>
    private static class Scratch
    {
        private const int Words = 1 << 17;
        [ThreadStatic] private static long* ring;
        [ThreadStatic] private static int next;

        internal static void* Take(int words)
        {
            if (words > Words) throw new TorchException($"a list of {words} values is too long for one operator call");
            if (ring is null) ring = (long*)NativeMemory.Alloc(Words, sizeof(long));
            if (next + words > Words) next = 0;
            var start = ring + next;
            next += words;
            return start;
        }
    }
}
