using System.Globalization;

namespace Reverie.Pictures;

/// <summary>Maps values to pixels along one axis, with ticks at 1, 2 or 5 times a power of ten.</summary>
internal sealed class PlotScale
{
    private readonly double step;
    private readonly double from;
    private readonly double to;

    /// <param name="low">The least value shown.</param>
    /// <param name="high">The largest value shown.</param>
    /// <param name="from">The pixel of the least value.</param>
    /// <param name="to">The pixel of the largest.</param>
    /// <param name="ticks">About how many steps between ticks there should be.</param>
    /// <param name="round">Widens the range to whole steps.</param>
    public PlotScale(double low, double high, double from, double to, int ticks, bool round)
    {
        if (!(high > low))
        {
            double pad = low == 0 ? 1 : Math.Abs(low) * 0.1;
            (low, high) = (low - pad, high + pad);
        }
        double rough = (high - low) / ticks, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        step = power * (rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        (this.from, this.to) = (from, to);
        Low = round ? Math.Floor(low / step) * step : low;
        High = round ? Math.Ceiling(high / step) * step : high;
    }

    public double Low { get; }

    public double High { get; }

    public double Pixel(double value) => from + (value - Low) / (High - Low) * (to - from);

    /// <summary>The ticks within the range with their labels (k and M for thousands and millions).</summary>
    public IEnumerable<(double Value, string Label)> Ticks()
    {
        double slack = step * 1e-6;
        for (double n = Math.Ceiling((Low - slack) / step); n * step <= High + slack; n++)
            yield return (n * step, Label(n * step));
    }

    private string Label(double value)
    {
        double largest = Math.Max(Math.Abs(Low), Math.Abs(High));
        (double unit, string suffix) = largest switch { >= 2e6 => (1e6, "M"), >= 1e4 => (1e3, "k"), _ => (1.0, "") };
        if (Math.Abs(value) < step / 2)
            return "0";
        int digits = (int)Math.Clamp(-Math.Floor(Math.Log10(step / unit) + 1e-9), 0, 12);
        return digits > 5 ? value.ToString("0.##e0", CultureInfo.InvariantCulture)
            : (value / unit).ToString("F" + digits, CultureInfo.InvariantCulture) + suffix;
    }
}
