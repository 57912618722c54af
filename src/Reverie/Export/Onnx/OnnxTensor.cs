using Reverie.Torch;

namespace Reverie.Export.Onnx;

/// <summary>Numbers in a graph.</summary>
/// <param name="Name">What nodes call them.</param>
/// <param name="DType">Their type.</param>
/// <param name="Shape">Sizes of the dimensions.</param>
/// <param name="Elements">Row-major, little-endian.</param>
internal sealed record OnnxTensor(string Name, DType DType, IReadOnlyList<long> Shape, byte[] Elements);
