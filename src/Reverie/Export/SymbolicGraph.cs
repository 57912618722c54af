using Reverie.Torch;
using Reverie.Torch.Tracing;

namespace Reverie.Export;

/// <summary>
/// What some work computes, for any number of rows: it is traced for two numbers of rows, and what differs between the
/// two traces is a multiple of the rows.
/// </summary>
internal sealed class SymbolicGraph : IDisposable
{
    private const long FirstRows = 2, SecondRows = 3;

    private readonly Trace first, second;
    private readonly Dictionary<TracedValue, SymbolicValue> values = [];

    private SymbolicGraph(Trace first, Trace second) => (this.first, this.second) = (first, second);

    /// <summary>The calls, in order.</summary>
    public List<SymbolicCall> Calls { get; } = [];

    /// <summary>The outputs, by name.</summary>
    public List<(string Name, SymbolicValue Value)> Outputs { get; } = [];

    /// <summary>The inputs, by name.</summary>
    public List<(string Name, SymbolicValue Value)> Inputs { get; } = [];

    /// <summary>Traces work.</summary>
    /// <param name="inputs">Makes the inputs for so many rows; with their names, which the outputs do not have.</param>
    /// <param name="work">Computes named outputs from them.</param>
    /// <exception cref="ReverieException">It takes another way for other numbers of rows.</exception>
    public static SymbolicGraph Of(Func<long, (string Name, Tensor Value)[]> inputs,
        Func<long, IReadOnlyDictionary<string, Tensor>, (string Name, Tensor Value)[]> work)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var (first, given, gave) = Once(FirstRows, inputs, work);
        var (second, givenThen, gaveThen) = Once(SecondRows, inputs, work);
        var graph = new SymbolicGraph(first, second);
        try
        {
            for (var i = 0; i < given.Length; i++) graph.Take(given[i].Name, given[i].Value, givenThen[i].Value);
            graph.Merge();
            foreach (var ((name, value), (_, then)) in gave.Zip(gaveThen))
                graph.Outputs.Add((name, graph.ValueOf(first.ValueOf(value), second.ValueOf(then))));
            return graph;
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    /// <summary>Frees the traces: constants cannot be read any more.</summary>
    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }

    private static (Trace, (string Name, Tensor Value)[], (string Name, Tensor Value)[]) Once(long rows,
        Func<long, (string Name, Tensor Value)[]> inputs,
        Func<long, IReadOnlyDictionary<string, Tensor>, (string Name, Tensor Value)[]> work)
    {
        var given = inputs(rows);
        (string, Tensor)[] gave = [];
        var trace = Trace.Of(() => gave = work(rows, given.ToDictionary(one => one.Name, one => one.Value)));
        return (trace, given, gave);
    }

    private void Take(string name, Tensor first, Tensor second)
    {
        var value = ValueOf(this.first.ValueOf(first), this.second.ValueOf(second));
        value.Input = name;
        Inputs.Add((name, value));
    }

    private void Merge()
    {
        if (first.Calls.Count != second.Calls.Count) throw Differs();
        foreach (var (one, other) in first.Calls.Zip(second.Calls))
        {
            if (one.Operator != other.Operator || one.Arguments.Count != other.Arguments.Count
                || one.Results.Count != other.Results.Count)
                throw Differs();
            var call = new SymbolicCall(one.Operator, [.. one.Arguments.Zip(other.Arguments, Argument)]);
            call.Results = [.. one.Results.Zip(other.Results, (result, then) => ValueOf(result, then, call))];
            call.IsConstant = !call.IsRandom && call.Inputs.All(input => input.IsConstant)
                && !call.Inputs.Concat(call.Results).Any(value => value.Shape.Any(size => size.IsPerRow));
            Calls.Add(call);
        }
    }

    private SymbolicValue ValueOf(TracedValue first, TracedValue second, SymbolicCall? source = null) =>
        values.TryGetValue(first, out var known) ? known
        : first.Shape.Length != second.Shape.Length || first.DType != second.DType ? throw Differs()
        : values[first] = new SymbolicValue(first, Dims(first.Shape, second.Shape), source);

    private object? Argument(object? one, object? other) => (one, other) switch
    {
        (TracedValue first, TracedValue second) => ValueOf(first, second),
        (TracedValue[] first, TracedValue[] second) when first.Length == second.Length =>
            first.Zip(second, (a, b) => ValueOf(a, b)).ToArray(),
        (long first, long second) => Dim.From(first, FirstRows, second, SecondRows),
        (long[] first, long[] second) when first.Length == second.Length => Dims(first, second),
        _ => Equals(one, other) ? one : throw Differs(),
    };

    private static Dim[] Dims(long[] first, long[] second) =>
        [.. first.Zip(second, (a, b) => Dim.From(a, FirstRows, b, SecondRows))];

    private static ConfigurationException Differs() =>
        new("the agent's step computes something else for other numbers of rows: it cannot be exported for any number");
}
