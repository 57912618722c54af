using System.Runtime.InteropServices;
using Reverie.Torch;

namespace Reverie.Replay;

/// <summary>Latents of some rows, unpacked: one after the other, in the order of the rows that they belong to.</summary>
/// <param name="shape">What each is made of.</param>
/// <param name="rows">How many there are.</param>
public sealed class LatentChunk(LatentRows shape, int rows)
{
    /// <summary>What each is made of.</summary>
    public LatentRows Shape { get; } = shape;

    /// <summary>How many there are.</summary>
    public int Rows { get; } = rows;

    /// <summary>(rows, D): the deterministic parts.</summary>
    public float[] Deter { get; } = new float[checked(rows * shape.DeterSize)];

    /// <summary>(rows, V): the class of each variable of the stochastic parts.</summary>
    public int[] Classes { get; } = new int[checked(rows * shape.Variables)];

    /// <summary>Takes latents from a device.</summary>
    /// <param name="deter">The deterministic parts, (rows, D) in any shape.</param>
    /// <param name="classes">The class of each variable, int64, (rows, V) in any shape.</param>
    internal void Take(Tensor deter, Tensor classes)
    {
        deter.To(DType.Float32).ToArray<float>().CopyTo(Deter, 0);
        Array.ConvertAll(classes.ToArray<long>(), one => (int)one).CopyTo(Classes, 0);
    }

    /// <summary>Writes a row as a replay keeps it.</summary>
    /// <param name="row">Which.</param>
    /// <param name="target"><see cref="LatentRows.BytesPerRow"/> bytes.</param>
    /// <exception cref="ArgumentException">A class is none of the shape's.</exception>
    internal void Pack(int row, Span<byte> target)
    {
        var deter = Deter.AsSpan(row * Shape.DeterSize, Shape.DeterSize);
        var classes = Classes.AsSpan(row * Shape.Variables, Shape.Variables);
        var kept = target[..Shape.DeterBytes];
        var variables = target[Shape.DeterBytes..];
        if (Shape.IsShort) ToShort(deter, MemoryMarshal.Cast<byte, ushort>(kept));
        else MemoryMarshal.AsBytes(deter).CopyTo(kept);
        foreach (var value in classes)
            if ((uint)value >= (uint)Shape.Classes)
                throw new ArgumentException($"class {value} of a variable that has {Shape.Classes}");
        if (Shape.IsByte)
            for (var i = 0; i < classes.Length; i++) variables[i] = (byte)classes[i];
        else
            for (var i = 0; i < classes.Length; i++) MemoryMarshal.Cast<byte, ushort>(variables)[i] = (ushort)classes[i];
    }

    /// <summary>Reads a row as <see cref="Pack"/> wrote it.</summary>
    /// <param name="row">Which.</param>
    /// <param name="source"><see cref="LatentRows.BytesPerRow"/> bytes.</param>
    internal void Unpack(int row, ReadOnlySpan<byte> source)
    {
        var deter = Deter.AsSpan(row * Shape.DeterSize, Shape.DeterSize);
        var classes = Classes.AsSpan(row * Shape.Variables, Shape.Variables);
        var kept = source[..Shape.DeterBytes];
        var variables = source[Shape.DeterBytes..];
        if (Shape.IsShort) FromShort(MemoryMarshal.Cast<byte, ushort>(kept), deter);
        else kept.CopyTo(MemoryMarshal.AsBytes(deter));
        if (Shape.IsByte)
            for (var i = 0; i < classes.Length; i++) classes[i] = variables[i];
        else
            for (var i = 0; i < classes.Length; i++) classes[i] = MemoryMarshal.Cast<byte, ushort>(variables)[i];
    }

    /// <summary>Makes a row the state that knows nothing: h = 0, and of every variable its first class.</summary>
    /// <remarks>Not the state in which an episode begins, whose z is 0 too: that one promises what a first picture shows.
    /// </remarks>
    internal void Zero(int row)
    {
        Deter.AsSpan(row * Shape.DeterSize, Shape.DeterSize).Clear();
        Classes.AsSpan(row * Shape.Variables, Shape.Variables).Clear();
    }

    /// <summary>Makes all of them zeros.</summary>
    internal void Clear()
    {
        Array.Clear(Deter);
        Array.Clear(Classes);
    }

    /// <summary>Copies all of them.</summary>
    internal void CopyTo(LatentChunk other)
    {
        Deter.CopyTo(other.Deter, 0);
        Classes.CopyTo(other.Classes, 0);
    }

    /// <summary>The same latents, to be kept in another type.</summary>
    internal LatentChunk As(LatentRows shape)
    {
        var other = new LatentChunk(shape, Rows);
        Deter.CopyTo(other.Deter, 0);
        Classes.CopyTo(other.Classes, 0);
        return other;
    }

    private static void FromShort(ReadOnlySpan<ushort> source, Span<float> target)
    {
        for (var i = 0; i < target.Length; i++) target[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    // To the nearest, of two alike to the even one, as the processor and libtorch do.
    private static void ToShort(ReadOnlySpan<float> source, Span<ushort> target)
    {
        for (var i = 0; i < source.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(source[i]);
            target[i] = (ushort)(float.IsNaN(source[i]) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }
}
