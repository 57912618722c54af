using Reverie.Runs;
using Reverie.Torch;

namespace Reverie.Training;

/// <summary>
/// Averages named scalars over updates. They stay on the device until somebody asks; on the processor asking is free, so
/// there every update is looked at.
/// </summary>
/// <param name="device">Device of the scalars.</param>
/// <param name="begun">The average that a checkpoint left unfinished, or null.</param>
public sealed class MetricMeter(Device device, MetricAverage? begun = null) : IDisposable
{
    private readonly List<Tensor> waiting = [];
    private string[] names = begun?.Names.ToArray() ?? [];
    private double[] sums = begun?.Sums.ToArray() ?? [];
    private int count = begun?.Count ?? 0;

    /// <summary>Takes the scalars of one update.</summary>
    public void Add(IReadOnlyDictionary<string, Tensor> metrics)
    {
        if (metrics.Count == 0) return;
        // Those of a window are its first update's: what an agent measures may become more.
        if (names.Length == 0) (names, sums) = (metrics.Keys.ToArray(), new double[metrics.Count]);
        waiting.Add(Tensor.Stack(names.Select(name => metrics[name].To(DType.Float32)).ToArray()).Keep());
        if (!device.IsCuda) Read();
    }

    /// <summary>A scalar that was not finite in an update looked at so far, or null.</summary>
    public (string Name, float Value)? NotFinite { get; private set; }

    /// <summary>The average so far, of what was looked at.</summary>
    public MetricAverage Average => new(names, sums.ToArray(), count);

    /// <summary>Averages since the last call, then begins anew.</summary>
    public Dictionary<string, double> Take()
    {
        Read();
        var means = new Dictionary<string, double>();
        for (var i = 0; i < names.Length && count > 0; i++) means[names[i]] = sums[i] / count;
        (count, names, sums) = (0, [], []);
        return means;
    }

    /// <summary>Brings what waits on the device to the host.</summary>
    public void Read()
    {
        foreach (var scalars in waiting)
        {
            var values = scalars.ToArray<float>();
            scalars.Dispose();
            count++;
            for (var i = 0; i < values.Length; i++) sums[i] += values[i];
            // Losses by their own names first: they say what went wrong, the sum and the gradient only that it did.
            NotFinite ??= Enumerable.Range(0, values.Length).Where(i => !float.IsFinite(values[i]))
                .OrderBy(i => names[i].StartsWith("loss_", StringComparison.Ordinal) ? 0 : 1)
                .Select(i => ((string, float)?)(names[i], values[i])).FirstOrDefault();
        }
        waiting.Clear();
    }

    /// <summary>Frees what waits.</summary>
    public void Dispose()
    {
        foreach (var scalars in waiting) scalars.Dispose();
        waiting.Clear();
    }
}
