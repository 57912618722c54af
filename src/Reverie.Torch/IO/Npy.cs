using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Reverie.Torch.IO;

/// <summary>
/// The npy format: magic, version, a Python dictionary literal padded to 64 bytes, raw elements. Written as version
/// 1.0, little-endian, C order; read as 1.0, 2.0 and 3.0, either endianness, either order. Source: numpy, "NEP 1" and
/// numpy.lib.format.
/// </summary>
public static class Npy
{
    private const int Alignment = 64;

    /// <summary>The array as the bytes of an npy file.</summary>
    public static void Write(Stream stream, NpyArray array)
    {
        var shape = string.Join(", ", array.Shape.Select(n => n.ToString(CultureInfo.InvariantCulture)));
        var comma = array.Shape.Count == 1 ? "," : "";
        var text = $"{{'descr': '{NpyType.Of(array.ElementType)!.Descr}', 'fortran_order': False, "
            + $"'shape': ({shape}{comma}), }}";
        Span<byte> prefix = stackalloc byte[NpyHeader.Magic.Length + 4];
        var length = (prefix.Length + text.Length + 1 + Alignment - 1) / Alignment * Alignment - prefix.Length;
        NpyHeader.Magic.CopyTo(prefix);
        prefix[6] = 1;
        prefix[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(prefix[8..], checked((ushort)length));
        stream.Write(prefix);
        stream.Write(Encoding.Latin1.GetBytes(text.PadRight(length - 1) + "\n"));
        stream.Write(BytesOf(array.Data));
    }

    /// <summary>Reads the bytes of an npy file.</summary>
    /// <exception cref="InvalidDataException">They are none, are cut short, or hold a type not supported.</exception>
    public static NpyArray Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Read(new MemoryStream(bytes.ToArray()), bytes.Length);
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException("is cut short", error);
        }
    }

    /// <summary>Reads an npy file of known length from a stream: nothing is made room for before header and length
    /// agree.</summary>
    /// <exception cref="InvalidDataException">It is none, or of a type not supported.</exception>
    /// <exception cref="EndOfStreamException">The stream ends too early.</exception>
    internal static NpyArray Read(Stream stream, long length)
    {
        var header = NpyHeader.Read(stream);
        var type = header.Demanded;
        if (length - header.Length != (long)header.Count * type.Size)
            throw new InvalidDataException($"has {length - header.Length} bytes of data where "
                + $"{(long)header.Count * type.Size} are due");
        var array = Array.CreateInstance(type.Type, header.Count);
        var bytes = BytesOf(array);
        stream.ReadExactly(bytes);
        if (header.BigEndian)
            Reverse(bytes, type.Size);
        if (type.Type == typeof(bool))
            // numpy writes 0 and 1; another byte would be neither true nor false here.
            foreach (ref var one in bytes)
                one = one == 0 ? (byte)0 : (byte)1;
        return new NpyArray(header.Fortran ? InCOrder(array, header.Shape, type) : array, header.Shape);
    }

    private static void Reverse(Span<byte> bytes, int size)
    {
        if (size == 2)
            BinaryPrimitives.ReverseEndianness(Cast<ushort>(bytes), Cast<ushort>(bytes));
        else if (size == 4)
            BinaryPrimitives.ReverseEndianness(Cast<uint>(bytes), Cast<uint>(bytes));
        else if (size == 8)
            BinaryPrimitives.ReverseEndianness(Cast<ulong>(bytes), Cast<ulong>(bytes));

        static Span<T> Cast<T>(Span<byte> span) where T : unmanaged => MemoryMarshal.Cast<byte, T>(span);
    }

    // From the order in which the first index runs fastest to that in which the last one does.
    private static Array InCOrder(Array fortran, int[] shape, NpyType type)
    {
        var ordered = Array.CreateInstance(type.Type, fortran.Length);
        var from = BytesOf(fortran);
        var to = BytesOf(ordered);
        var size = type.Size;
        var strides = new int[shape.Length];
        var stride = size;
        for (var axis = 0; axis < shape.Length; stride *= shape[axis++])
            strides[axis] = stride;
        var (index, at) = (new int[shape.Length], 0);
        for (var written = 0; written < to.Length; written += size)
        {
            from.Slice(at, size).CopyTo(to[written..]);
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                at += strides[axis];
                if (++index[axis] < shape[axis])
                    break;
                at -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        return ordered;
    }

    private static Span<byte> BytesOf(Array array) => MemoryMarshal.CreateSpan(
        ref MemoryMarshal.GetArrayDataReference(array),
        array.Length * NpyType.Of(array.GetType().GetElementType())!.Size);
}
