namespace Reverie.Torch;

/// <summary>Element types; the numbers are libtorch's own.</summary>
public enum DType
{
    /// <summary>Bytes, as pictures come.</summary>
    UInt8 = 0,

    /// <summary>Whole numbers of 32 bits.</summary>
    Int32 = 3,

    /// <summary>Whole numbers of 64 bits, as indices are.</summary>
    Int64 = 4,

    /// <summary>Half precision.</summary>
    Float16 = 5,

    /// <summary>Single precision.</summary>
    Float32 = 6,

    /// <summary>Double precision.</summary>
    Float64 = 7,

    /// <summary>True or false, in a byte.</summary>
    Bool = 11,

    /// <summary>Float32 with the upper 16 bits alone.</summary>
    BFloat16 = 15,
}
