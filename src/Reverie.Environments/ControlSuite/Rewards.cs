namespace Reverie.Environments.ControlSuite;

/// <summary>How a tolerance falls off outside its bounds.</summary>
public enum Falloff
{
    /// <summary>w^(d²), never zero.</summary>
    Gaussian,

    /// <summary>1 − (1 − w) d, at least zero.</summary>
    Linear,

    /// <summary>1 − (1 − w) d², at least zero.</summary>
    Quadratic,
}

/// <summary>The shapes that the suite's rewards are made of.</summary>
public static class Rewards
{
    /// <summary>
    /// 1 inside the bounds (both included), falling to <paramref name="atMargin"/> at distance
    /// <paramref name="margin"/> outside them.
    /// </summary>
    /// <param name="x">The number to judge.</param>
    /// <param name="low">Lower bound.</param>
    /// <param name="high">Upper bound.</param>
    /// <param name="margin">Distance at which the value is <paramref name="atMargin"/>; 0 is a hard edge.</param>
    /// <param name="shape">How it falls.</param>
    /// <param name="atMargin">The value at that distance, w.</param>
    public static double Tolerance(double x, double low = 0, double high = 0, double margin = 0,
        Falloff shape = Falloff.Gaussian, double atMargin = 0.1)
    {
        if (low <= x && x <= high)
            return 1;
        if (margin == 0)
            return 0;
        var d = (x < low ? low - x : x - high) / margin;    // 0 at the bound, 1 at the margin
        return shape switch
        {
            Falloff.Gaussian => Gaussian(d * Math.Sqrt(-2 * Math.Log(atMargin))),
            Falloff.Linear => Math.Max(0, 1 - (1 - atMargin) * d),
            Falloff.Quadratic => Math.Max(0, 1 - (1 - atMargin) * d * d),
            _ => throw new ArgumentOutOfRangeException(nameof(shape)),
        };
    }

    private static double Gaussian(double scaled) => Math.Exp(-0.5 * scaled * scaled);
}
