namespace Reverie.Export;

/// <summary>A whole number of a traced graph: the same for every number of rows, or so many times the rows.</summary>
/// <param name="Factor">The number, or how many times the rows it is.</param>
/// <param name="IsPerRow">Whether it is times the rows.</param>
internal readonly record struct Dim(long Factor, bool IsPerRow = false)
{
    /// <summary>What two traces, of so many rows each, say of a number.</summary>
    /// <exception cref="ReverieException">It follows from the rows in another way.</exception>
    public static Dim From(long first, long firstRows, long second, long secondRows) => first == second ? new(first)
        : first % firstRows == 0 && second % secondRows == 0 && first / firstRows == second / secondRows
            ? new(first / firstRows, IsPerRow: true)
            : throw new ConfigurationException($"a number of the agent's step is {first} for {firstRows} rows and {second} for "
                + $"{secondRows}: it cannot be exported for any number of rows");
}
