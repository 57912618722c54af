using Reverie.Torch;
using Reverie.Torch.Tracing;

namespace Reverie.Export;

/// <summary>A tensor of a graph, for any number of rows.</summary>
/// <param name="Traced">The tensor as it was in the first trace.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Source">The call that gives it; null for inputs and constants.</param>
internal sealed record SymbolicValue(TracedValue Traced, Dim[] Shape, SymbolicCall? Source)
{
    /// <summary>Its name where it is an input of the graph.</summary>
    public string? Input { get; set; }

    /// <summary>Type of the elements.</summary>
    public DType DType => Traced.DType;

    /// <summary>Whether its elements are the same whatever the graph is given.</summary>
    public bool IsConstant => Input is null && (Source is null || Source.IsConstant);

    /// <summary>Whether it has any elements.</summary>
    public bool IsEmpty => Array.Exists(Shape, size => size.Factor == 0);

    /// <inheritdoc/>
    public bool Equals(SymbolicValue? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
