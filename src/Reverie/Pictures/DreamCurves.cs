namespace Reverie.Pictures;

/// <summary>A vector observation as it was and as the model has it: some rows seen, the rest imagined with the same
/// actions.</summary>
public sealed record DreamCurves
{
    /// <summary>The environment's vectors, (T, V).</summary>
    public required float[] Truth { get; init; }

    /// <summary>The model's, of the same shape and scale: reconstructions first, then imagined ones.</summary>
    public required float[] Model { get; init; }

    /// <summary>What the entries are called; V of them.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>How many rows at the beginning the model has seen.</summary>
    public required int ContextRows { get; init; }

    /// <summary>T.</summary>
    public int Count => Truth.Length / Names.Count;

    /// <summary>Root mean square error of rows from … to − 1 over all entries, on the symlog scale that the model
    /// predicts on, where entries of different units weigh alike; NaN where there are none.</summary>
    public double RootMeanSquare(int from, int to)
    {
        var errors = Enumerable.Range(from * Names.Count, (to - from) * Names.Count)
            .Select(i => Math.Pow(Symlog(Model[i]) - Symlog(Truth[i]), 2)).DefaultIfEmpty(double.NaN);
        return Math.Sqrt(errors.Average());
    }

    internal void Check()
    {
        if (Names.Count == 0 || Truth.Length == 0 || Truth.Length % Names.Count != 0 || Model.Length != Truth.Length)
            throw new ArgumentException(
                $"truth ({Truth.Length} numbers) and model ({Model.Length}) are not (T, {Names.Count}) alike");
        if (ContextRows < 0 || ContextRows > Count)
            throw new ArgumentException($"{ContextRows} context rows of {Count}");
    }

    private static double Symlog(double x) => Math.Sign(x) * Math.Log(1 + Math.Abs(x));
}
