using Reverie.Torch;

namespace Reverie.Export.Onnx;

/// <summary>An input or an output of a graph.</summary>
/// <param name="Name">What programs call it.</param>
/// <param name="DType">Type of its elements.</param>
/// <param name="Shape">Sizes of the dimensions; those that are free have a number of rows times a factor.</param>
internal sealed record OnnxValue(string Name, DType DType, IReadOnlyList<Dim> Shape);
