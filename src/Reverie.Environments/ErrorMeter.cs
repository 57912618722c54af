namespace Reverie.Environments;

/// <summary>Collects the largest difference between numbers and what they should be.</summary>
internal sealed class ErrorMeter
{
    /// <summary>Largest absolute difference, or null where nothing was compared.</summary>
    internal double? Largest { get; private set; }

    /// <summary>Largest difference relative to numbers above 1.</summary>
    internal double Relative { get; private set; }

    /// <summary>Whether all differences were within their tolerances, which are relative to numbers above 1.</summary>
    internal bool Ok { get; private set; } = true;

    internal void Compare(ReadOnlySpan<double> found, ReadOnlySpan<double> expected, double tolerance)
    {
        if (found.Length != expected.Length)
            throw new DataException($"{found.Length} numbers where the recording has {expected.Length}");
        for (var i = 0; i < found.Length; i++)
            Compare(found[i], expected[i], tolerance);
    }

    internal void Compare(double found, double expected, double tolerance)
    {
        var error = found.Equals(expected) ? 0 : Math.Abs(found - expected);
        Largest = Math.Max(Largest ?? 0, error);    // Math.Max keeps a NaN
        var relative = error / Math.Max(1, Math.Abs(expected));
        Relative = Math.Max(Relative, relative);
        Ok &= relative <= tolerance;
    }
}
