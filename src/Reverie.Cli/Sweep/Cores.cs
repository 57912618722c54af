using System.Globalization;

namespace Reverie.Cli.Sweep;

/// <summary>The processor's cores that this process may use, shared out among runs that go on at once.</summary>
internal static class Cores
{
    private const string Status = "/proc/self/status", Key = "Cpus_allowed_list:";

    /// <summary>Their numbers; as many as there are, from 0, where the system does not say which.</summary>
    public static IReadOnlyList<int> Allowed()
    {
        var line = File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is not null ? Parse(line[Key.Length..].Trim())
            : [.. Enumerable.Range(0, Environment.ProcessorCount)];
    }

    /// <summary>Reads <c>0-3,8</c>.</summary>
    public static IReadOnlyList<int> Parse(string list) =>
    [
        .. from part in list.Split(',')
           let ends = part.Split('-').Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray()
           from core in Enumerable.Range(ends[0], ends[^1] - ends[0] + 1)
           select core,
    ];

    /// <summary>The cores of one place in the queue: as many as a run has threads, or its share of all.</summary>
    /// <param name="cores">all of them</param>
    /// <param name="place">from 0</param>
    /// <param name="places">how many runs go on at once</param>
    /// <param name="threads">threads of the run; 0 for as many as it may have</param>
    public static IReadOnlyList<int> Of(IReadOnlyList<int> cores, int place, int places, int threads)
    {
        var each = Math.Clamp(threads > 0 ? threads : cores.Count / places, 1, cores.Count);
        return [.. Enumerable.Range(place * each, each).Select(core => cores[core % cores.Count]).Distinct()];
    }
}
