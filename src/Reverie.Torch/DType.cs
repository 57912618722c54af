namespace Reverie.Torch;

/// <summary>Element types; the numbers are libtorch's own.</summary>
public enum DType
{
    /// <summary>Bytes, as pictures come.</summary>
    UInt8 = 0,
    Int32 = 3,
    Int64 = 4,
    Float16 = 5,
    Float32 = 6,
    Float64 = 7,
    Bool = 11,
    BFloat16 = 15,
}
