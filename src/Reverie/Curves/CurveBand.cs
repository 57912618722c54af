namespace Reverie.Curves;

/// <summary>What the band about a mean shows.</summary>
public enum CurveBand
{
    /// <summary>From the least to the largest.</summary>
    MinMax,

    /// <summary>One standard deviation to both sides.</summary>
    Std,

    /// <summary>No band.</summary>
    None,
}
