namespace Reverie.Export;

/// <summary>A call of an operator, for any number of rows.</summary>
/// <param name="Operator">Its name, as <see cref="Torch.Tracing.TracedCall"/> has it.</param>
/// <param name="Arguments"><see cref="SymbolicValue"/>, an array of them, <see cref="Dim"/>, Dim[], double, bool,
/// <see cref="Torch.Tracing.Trace.Random"/>, or null.</param>
internal sealed class SymbolicCall(string Operator, object?[] Arguments)
{
    /// <summary>Its name.</summary>
    public string Operator { get; } = Operator;

    /// <summary>What it takes.</summary>
    public object?[] Arguments { get; } = Arguments;

    /// <summary>What it gives.</summary>
    public SymbolicValue[] Results { get; set; } = [];

    /// <summary>Tensors that it takes.</summary>
    public IEnumerable<SymbolicValue> Inputs => Arguments.SelectMany(argument => argument switch
    {
        SymbolicValue one => [one],
        SymbolicValue[] many => many,
        _ => Enumerable.Empty<SymbolicValue>(),
    });

    /// <summary>Whether it draws random numbers.</summary>
    public bool IsRandom { get; } = Arguments.Contains(Torch.Tracing.Trace.Random);

    /// <summary>Whether what it gives is the same whatever the graph is given.</summary>
    public bool IsConstant { get; set; }
}
