using System.Globalization;

namespace Reverie.Pictures;

/// <summary>Maps values to pixels along one axis, with ticks at 1, 2 or 5 times a power of ten.</summary>
internal sealed class PlotScale
{
    private readonly double _step;
    private readonly double _from;
    private readonly double _to;

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
        _step = power * (rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        (_from, _to) = (from, to);
        Low = round ? Math.Floor(low / _step) * _step : low;
        High = round ? Math.Ceiling(high / _step) * _step : high;
    }

    public double Low { get; }

    public double High { get; }

    public double Pixel(double value) => _from + (value - Low) / (High - Low) * (_to - _from);

    /// <summary>The ticks within the range with their labels (k and M for thousands and millions).</summary>
    public IEnumerable<(double Value, string Label)> Ticks()
    {
        double slack = _step * 1e-6;
        for (double n = Math.Ceiling((Low - slack) / _step); n * _step <= High + slack; n++)
            yield return (n * _step, Label(n * _step));
    }

    private string Label(double value)
    {
        double largest = Math.Max(Math.Abs(Low), Math.Abs(High));
        (double unit, string suffix) = largest switch { >= 2e6 => (1e6, "M"), >= 1e4 => (1e3, "k"), _ => (1.0, "") };
        if (Math.Abs(value) < _step / 2)
            return "0";
        int digits = (int)Math.Clamp(-Math.Floor(Math.Log10(_step / unit) + 1e-9), 0, 12);
        return digits > 5 ? value.ToString("0.##e0", CultureInfo.InvariantCulture)
            : (value / unit).ToString("F" + digits, CultureInfo.InvariantCulture) + suffix;
    }
}
