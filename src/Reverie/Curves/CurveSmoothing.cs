namespace Reverie.Curves;

/// <summary>The exponential average of a curve, as TensorBoard's slider takes it.</summary>
internal static class CurveSmoothing
{
    /// <summary>m_k = w m_(k−1) + (1 − w) y_k from m_0 = 0, divided by 1 − w^k, so that the start is not drawn to zero.
    /// </summary>
    /// <param name="values">The points in their order, all finite.</param>
    /// <param name="weight">w, from 0, which leaves all as it is, to below 1.</param>
    public static double[] Of(double[] values, double weight)
    {
        var smooth = new double[values.Length];
        double average = 0, missing = 1;
        for (int i = 0; i < values.Length; i++)
        {
            average = weight * average + (1 - weight) * values[i];
            missing *= weight;
            smooth[i] = average / (1 - missing);
        }
        return smooth;
    }
}
