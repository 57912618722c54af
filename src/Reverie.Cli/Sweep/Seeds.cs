using System.Globalization;

namespace Reverie.Cli.Sweep;

/// <summary>Seeds as people write them: <c>1-3</c>, <c>1,2,7</c>, <c>1-3,10</c>.</summary>
internal static class Seeds
{
    private const int Most = 100_000;

    /// <summary>Reads them, in the order in which they stand.</summary>
    /// <param name="text">what was written</param>
    /// <param name="origin">where, for the complaint</param>
    /// <exception cref="ReverieException">it is none of these, or a seed stands twice</exception>
    public static int[] Parse(string text, string origin)
    {
        var seeds = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-', 2).Select(Number).ToArray();
            if (ends.Contains(null) || ends[^1] < ends[0] || ends[^1] - ends[0] >= Most)
                throw new ReverieException($"{origin}: {text}: write seeds as 1-3 or 1,2,7");
            seeds.AddRange(Enumerable.Range(ends[0]!.Value, ends[^1]!.Value - ends[0]!.Value + 1));
        }
        return seeds.Distinct().Count() == seeds.Count ? [.. seeds]
            : throw new ReverieException($"{origin}: {text}: a seed stands twice");
    }

    /// <summary>Writes them so that <see cref="Parse"/> reads them back.</summary>
    public static string Text(IReadOnlyList<int> seeds)
    {
        var parts = new List<string>();
        for (int from = 0, to; from < seeds.Count; from = to + 1)
        {
            for (to = from; to + 1 < seeds.Count && seeds[to + 1] == seeds[to] + 1; to++)
            {
            }
            parts.Add(to == from ? $"{seeds[from]}" : $"{seeds[from]}-{seeds[to]}");
        }
        return string.Join(',', parts);
    }

    private static int? Number(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
