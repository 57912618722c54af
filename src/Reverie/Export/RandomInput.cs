using Reverie.Export.Onnx;

namespace Reverie.Export;

/// <summary>An input that random numbers are to be written into.</summary>
/// <param name="Value">The input.</param>
/// <param name="Distribution"><c>normal</c>, of mean 0 and deviation 1, or <c>uniform</c> in [0, 1).</param>
internal sealed record RandomInput(OnnxValue Value, string Distribution);
