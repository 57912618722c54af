using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Reverie.Runtime;

/// <summary>A graph with arrays for its inputs and outputs, which are pinned and used again at every run.</summary>
internal sealed class BoundGraph : IDisposable
{
    private readonly Graph graph;
    private readonly OrtIoBinding binding;
    private readonly RunOptions options = new RunOptions();
    private readonly List<OrtValue> values = new List<OrtValue>();
    private readonly Dictionary<string, Array> arrays = new Dictionary<string, Array>();
    private readonly float[][] random;

    /// <summary>Binds it for so many rows.</summary>
    public BoundGraph(Graph graph, int rows)
    {
        this.graph = graph;
        binding = graph.Session.CreateIoBinding();
        foreach (var input in graph.Session.InputMetadata) binding.BindInput(input.Key, Value(input.Key, input.Value, rows));
        foreach (var output in graph.Session.OutputMetadata) binding.BindOutput(output.Key, Value(output.Key, output.Value, rows));
        random = Array.ConvertAll(graph.Random, one => Floats(one.Name)!);
    }

    /// <summary>Numbers of an input or an output; null where the graph has none of that name.</summary>
    public float[]? Floats(string name) => arrays.TryGetValue(name, out var array) ? (float[])array : null;

    /// <summary>Bytes of an input or an output; null where the graph has none of that name.</summary>
    public byte[]? Bytes(string name) => arrays.TryGetValue(name, out var array) ? (byte[])array : null;

    /// <summary>Draws its random numbers, and computes.</summary>
    public void Run(INumberSource numbers)
    {
        for (var i = 0; i < random.Length; i++)
            if (graph.Random[i].IsNormal) numbers.Normal(random[i]);
            else numbers.Uniform(random[i]);
        graph.Session.RunWithBinding(options, binding);
    }

    public void Dispose()
    {
        binding.Dispose();
        options.Dispose();
        foreach (var value in values) value.Dispose();
    }

    private OrtValue Value(string name, NodeMetadata about, int rows)
    {
        var shape = new long[about.Dimensions.Length];
        long size = 1;
        for (var i = 0; i < shape.Length; i++)
            size *= shape[i] = about.Dimensions[i] >= 0 ? about.Dimensions[i] : rows * FactorOf(about.SymbolicDimensions[i]);
        OrtValue value;
        if (about.ElementDataType == TensorElementType.UInt8) value = Pin(new byte[size]);
        else value = Pin(new float[size]);
        values.Add(value);
        return value;

        OrtValue Pin<T>(T[] array) where T : unmanaged
        {
            arrays[name] = array;
            return OrtValue.CreateTensorValueFromMemory(array, shape);
        }
    }

    // A free size is "rows", or so many times as much: "12*rows".
    private static int FactorOf(string name) =>
        name.IndexOf('*') is var star && star > 0 ? int.Parse(name.Substring(0, star)) : 1;
}
