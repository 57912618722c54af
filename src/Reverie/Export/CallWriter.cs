using Reverie.Export.Onnx;
using Reverie.Torch;

namespace Reverie.Export;

/// <summary>One call on its way into a graph: its arguments, and nodes that make its result.</summary>
internal sealed class CallWriter(GraphWriter graph, SymbolicCall call)
{
    /// <summary>Name of its operator in libtorch.</summary>
    public string Operator => call.Operator;

    /// <summary>Sizes of what it gives.</summary>
    public Dim[] Shape => call.Results[0].Shape;

    /// <summary>Type of what it gives.</summary>
    public DType DType => call.Results[0].DType;

    /// <summary>All that it gives.</summary>
    public SymbolicValue[] Results => call.Results;

    /// <summary>Whether an argument was given.</summary>
    public bool Has(int argument) => argument < call.Arguments.Length && call.Arguments[argument] is not null;

    /// <summary>A tensor that it takes.</summary>
    public SymbolicValue Value(int argument) => (SymbolicValue)call.Arguments[argument]!;

    /// <summary>A list of tensors that it takes.</summary>
    public SymbolicValue[] Values(int argument) => (SymbolicValue[])call.Arguments[argument]!;

    /// <summary>Name of a tensor that it takes.</summary>
    public string In(int argument = 0) => graph.NameOf(Value(argument));

    /// <summary>Name of any value.</summary>
    public string NameOf(SymbolicValue value) => graph.NameOf(value);

    /// <summary>A number that it takes, real or whole.</summary>
    public double Real(int argument) => call.Arguments[argument] switch
    {
        double real => real,
        Dim { IsPerRow: false } whole => whole.Factor,
        bool flag => flag ? 1 : 0,
        var other => throw Unfit($"a number is {other}"),
    };

    /// <summary>A whole number that it takes, the same for any number of rows.</summary>
    public long Whole(int argument, long otherwise = 0) => !Has(argument) ? otherwise : call.Arguments[argument] switch
    {
        Dim { IsPerRow: false } whole => whole.Factor,
        bool flag => flag ? 1 : 0,
        var other => throw Unfit($"a whole number is {other}"),
    };

    /// <summary>Whole numbers that it takes, the same for any number of rows.</summary>
    public long[] Wholes(int argument) => call.Arguments[argument] is Dim[] all && !Array.Exists(all, one => one.IsPerRow)
        ? [.. all.Select(one => one.Factor)] : throw Unfit("a list depends on the rows");

    /// <summary>A dimension of its first tensor that it takes the number of, counted from the first.</summary>
    public long Axis(int argument, int more = 0)
    {
        var axis = Whole(argument);
        return axis < 0 ? axis + Value(0).Shape.Length + more : axis;
    }

    /// <summary>Adds a node.</summary>
    public string Add(string op, params string[] inputs) => graph.Add(op, inputs);

    /// <summary>Adds a node with attributes.</summary>
    public string Add(string op, string[] inputs, params OnnxAttribute[] attributes) => graph.Add(op, inputs, attributes);

    /// <summary>Adds a node of several outputs.</summary>
    public string[] AddMany(string op, string[] inputs, int outputs, params OnnxAttribute[] attributes) =>
        graph.AddMany(op, inputs, outputs, attributes);

    /// <summary>A constant of shape ().</summary>
    public string Float(double value) => graph.Float(value);

    /// <summary>Constants of shape (n).</summary>
    public string Longs(params long[] values) => graph.Longs(values);

    /// <summary>Any constant.</summary>
    public string Constant(DType dtype, long[] shape, byte[] elements) => graph.Constant(dtype, shape, elements);

    /// <summary>Sizes as a tensor.</summary>
    public string Sizes(Dim[] sizes) => graph.Sizes(sizes);

    /// <summary>An input of random numbers.</summary>
    public string Random(string distribution, Dim[] shape) => graph.AddRandom(distribution, shape);

    /// <summary>Says what its result is called.</summary>
    public void Give(string name, int result = 0) => graph.Set(call.Results[result], name);

    /// <summary>The values in another shape.</summary>
    public string Reshape(string name, Dim[] shape)
    {
        // At most one size may be left to be found out.
        var free = Array.FindAll(shape, size => size.IsPerRow).Length;
        return Add("Reshape", name, free <= 1 ? Longs([.. shape.Select(size => size.IsPerRow ? -1 : size.Factor)]) : Sizes(shape));
    }

    /// <summary>Entries of a dimension from a start to before an end.</summary>
    public string Slice(string name, long axis, long start, long end) =>
        Add("Slice", name, Longs(start), Longs(end), Longs(axis));

    /// <summary>A complaint about this call.</summary>
    public ConfigurationException Unfit(string why) => new($"the agent's step cannot be exported: {Operator}: {why}");
}
