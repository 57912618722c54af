namespace Reverie.Export.Onnx;

/// <summary>A graph as it is written.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Nodes">In an order in which they can be computed.</param>
/// <param name="Tensors">Its constants.</param>
/// <param name="Inputs">What it takes.</param>
/// <param name="Outputs">What it gives.</param>
internal sealed record OnnxGraph(string Name, IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<OnnxTensor> Tensors,
    IReadOnlyList<OnnxValue> Inputs, IReadOnlyList<OnnxValue> Outputs);
