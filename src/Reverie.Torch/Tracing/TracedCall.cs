namespace Reverie.Torch.Tracing;

/// <summary>One call of an operator.</summary>
/// <param name="Operator">Its name in the schema, with its overload: <c>aten::add.Tensor</c>.</param>
/// <param name="Arguments">What it was given: <see cref="TracedValue"/>, an array of them, long, long[], double, bool,
/// <see cref="Trace.Random"/> for a generator, or null for none.</param>
internal sealed record TracedCall(string Operator, IReadOnlyList<object?> Arguments)
{
    /// <summary>What it gave, in order.</summary>
    public IReadOnlyList<TracedValue> Results { get; internal set; } = [];

    /// <summary>Tensors that it was given, lists laid out flat.</summary>
    public IEnumerable<TracedValue> Inputs => Arguments.SelectMany(argument => argument switch
    {
        TracedValue one => [one],
        TracedValue[] many => many,
        _ => Enumerable.Empty<TracedValue>(),
    });

    /// <summary>Whether it drew random numbers.</summary>
    public bool IsRandom => Arguments.Contains(Trace.Random);
}
