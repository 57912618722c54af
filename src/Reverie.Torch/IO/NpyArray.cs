namespace Reverie.Torch.IO;

/// <summary>An array with a shape, as numpy stores it: C order; bool, whole numbers of 8 to 64 bits with and without
/// sign, Half, float or double.</summary>
public sealed class NpyArray
{
    /// <summary>Wraps <paramref name="data"/> without copying.</summary>
    /// <param name="data">One-dimensional array of a type named above.</param>
    /// <param name="shape">Extents; their product is the length of <paramref name="data"/>. None: a scalar.</param>
    /// <exception cref="ArgumentException">The type is none of these, or the shape does not fit.</exception>
    public NpyArray(Array data, params int[] shape)
    {
        if (NpyType.Of(data.GetType().GetElementType()) is null || data.Rank != 1)
        {
            throw new ArgumentException($"npy cannot hold {data.GetType().Name}; give an array of bool, of whole "
                + "numbers or of floats", nameof(data));
        }
        var count = 1L;
        foreach (var extent in shape)
        {
            count = checked(count * extent);
        }
        if (count != data.Length || shape.Any(extent => extent < 0))
        {
            throw new ArgumentException(
                $"shape ({string.Join(", ", shape)}) does not fit {data.Length} elements", nameof(shape));
        }
        Data = data;
        Shape = shape;
    }

    /// <summary>The elements in C order.</summary>
    public Array Data { get; }

    /// <summary>Extents; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Type of an element.</summary>
    public Type ElementType => Data.GetType().GetElementType()!;

    /// <summary>The elements as <typeparamref name="T"/>; no copy.</summary>
    /// <exception cref="InvalidDataException">They are of another type.</exception>
    public T[] As<T>() where T : unmanaged =>
        // By type object: the runtime lets a byte[] pass for an sbyte[] otherwise.
        ElementType == typeof(T)
            ? (T[])Data
            : throw new InvalidDataException($"holds {ElementType.Name} where {typeof(T).Name} was expected");
}
