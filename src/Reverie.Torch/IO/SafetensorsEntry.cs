namespace Reverie.Torch.IO;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="DType">The format's word for its type: <c>F32</c>, <c>BF16</c>, <c>I64</c>, <c>U8</c>, <c>BOOL</c> …
/// </param>
/// <param name="Shape">Extents; none for a scalar.</param>
/// <param name="Data">The elements, little-endian, in C order.</param>
public sealed record SafetensorsEntry(string Name, string DType, long[] Shape, byte[] Data);
