using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Reverie.Runtime;

/// <summary>One graph of an agent: its session, which many threads may use, and what is to be drawn for it.</summary>
internal sealed class Graph : IDisposable
{
    public Graph(AgentFile file, SessionOptions options)
    {
        Random = Array.ConvertAll(file.List("random", ';'), each => each.Split(':') is { Length: 2 } both
            ? (both[0], both[1] == "normal") : throw file.Broken($"'random' is '{file["random"]}'"));
        try
        {
            Session = new InferenceSession(file.Bytes, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw file.Broken($"ONNX Runtime does not take it: {error.Message}");
        }
        foreach (var (name, _) in Random)
            if (!Session.InputMetadata.TryGetValue(name, out var input) || input.ElementDataType != TensorElementType.Float)
                throw file.Broken($"'random' names '{name}', which its graph does not take");
    }

    public InferenceSession Session { get; }

    /// <summary>Inputs that are random numbers, in the order in which they are drawn, and whether they are normal.</summary>
    public (string Name, bool IsNormal)[] Random { get; }

    public void Dispose() => Session.Dispose();
}
