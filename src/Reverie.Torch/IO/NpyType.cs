namespace Reverie.Torch.IO;

/// <summary>A type that npy elements may have here: truth, whole numbers and floats of numpy, of every width that all
/// machines share.</summary>
/// <param name="Code">Numpy's letter and the bytes of one, <c>f4</c>.</param>
/// <param name="Type">The same in .NET.</param>
/// <param name="Size">Bytes of one.</param>
internal sealed record NpyType(string Code, Type Type, int Size)
{
    private static readonly NpyType[] All =
    [
        new("b1", typeof(bool), 1), new("u1", typeof(byte), 1), new("i1", typeof(sbyte), 1),
        new("u2", typeof(ushort), 2), new("i2", typeof(short), 2), new("u4", typeof(uint), 4),
        new("i4", typeof(int), 4), new("u8", typeof(ulong), 8), new("i8", typeof(long), 8),
        new("f2", typeof(Half), 2), new("f4", typeof(float), 4), new("f8", typeof(double), 8),
    ];

    /// <summary>As it stands in a header that is written here.</summary>
    public string Descr => (Size == 1 ? '|' : '<') + Code;

    /// <summary>As numpy calls it, <c>float32</c>.</summary>
    public string Name => Code[0] switch { 'b' => "bool", 'u' => "uint", 'i' => "int", _ => "float" }
        + (Code[0] == 'b' ? "" : $"{8 * Size}");

    /// <summary>The one of that letter and size; null where there is none.</summary>
    public static NpyType? Of(string code) => Array.Find(All, each => each.Code == code);

    /// <summary>The one that is this in .NET; null where there is none.</summary>
    public static NpyType? Of(Type? type) => Array.Find(All, each => each.Type == type);
}
