using System.Globalization;
using System.Text.Json;

namespace Reverie.Benchmarks;

/// <summary>How far the losses of two runs of one seed lie apart, update by update: what a narrower type or another form
/// of a layer costs.</summary>
internal static class PrecisionTable
{
    private const int Window = 20;              // updates that a smoothed loss is the mean of

    /// <summary>Prints, for every loss, where both smoothed curves begin and end, and their largest distance: of
    /// the value, and of what the curve fell by, in which constants such as ½ ln 2π do not count.</summary>
    /// <param name="runs">Two folders of runs that logged every update (<c>training.log_every=1</c>).</param>
    /// <param name="to">Where to print.</param>
    public static void Print(string[] runs, TextWriter to)
    {
        var (one, other) = (Losses(runs[0]), Losses(runs[1]));
        to.WriteLine("| loss | first window | last window, one | last window, other | largest distance | of the fall |");
        to.WriteLine("|---|---|---|---|---|---|");
        foreach (var name in one.Keys.Intersect(other.Keys).Order())
        {
            var (a, b) = (Smoothed(one[name]), Smoothed(other[name]));
            var relative = a.Zip(b, (x, y) => Math.Abs(x - y) / Math.Max(1e-6, Math.Abs(x))).Max();
            var ofFall = a.Zip(b, (x, y) => Math.Abs(x - y)).Max() / Math.Max(1e-6, Math.Abs(a[0] - a[^1]));
            to.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| `{name}` | {a[0]:G5} | {a[^1]:G5} | {b[^1]:G5} | {100 * relative:F2} % | {100 * ofFall:F2} % |"));
        }
    }

    private static double[] Smoothed(List<double> values) =>
        [.. Enumerable.Range(0, values.Count - Window + 1).Select(i => values.Skip(i).Take(Window).Average())];

    private static Dictionary<string, List<double>> Losses(string run)
    {
        var result = new Dictionary<string, List<double>>();
        foreach (var line in File.ReadLines(Path.Combine(run, "metrics.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            if (row.RootElement.GetProperty("kind").GetString() != "update") continue;
            foreach (var entry in row.RootElement.EnumerateObject())
                if (entry.Name.StartsWith("loss", StringComparison.Ordinal))
                    (result.TryGetValue(entry.Name, out var values) ? values : result[entry.Name] = []).Add(entry.Value.GetDouble());
        }
        return result;
    }
}
