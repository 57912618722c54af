namespace Reverie.Export.Onnx;

/// <summary>One operator of a graph.</summary>
/// <param name="Operator">Its name in the default domain.</param>
/// <param name="Inputs">Names of values; empty ones are left out.</param>
/// <param name="Outputs">Names of values.</param>
/// <param name="Attributes">What it is told beside.</param>
internal sealed record OnnxNode(
    string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<OnnxAttribute> Attributes);
