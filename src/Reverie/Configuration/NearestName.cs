namespace Reverie.Configuration;

/// <summary>Finds what the user most likely meant: keys, presets, tasks and verbs are all looked up by it.</summary>
public static class NearestName
{
    /// <summary>
    /// The name of <paramref name="names"/> with the smallest edit distance to <paramref name="typed"/>, or null where
    /// even that one has nothing to do with it (more than half of the letters differ).
    /// </summary>
    public static string? Of(string typed, IEnumerable<string> names)
    {
        var (best, least) = (default(string), int.MaxValue);
        foreach (var name in names)
        {
            // The distance is at least the difference in length: a word of megabytes is never compared.
            if (2 * Math.Abs(typed.Length - name.Length) > Math.Max(typed.Length, name.Length))
                continue;
            var distance = Distance(typed.ToLowerInvariant(), name.ToLowerInvariant());
            if (distance < least)
                (best, least) = (name, distance);
        }
        return best is not null && 2 * least <= Math.Max(typed.Length, best.Length) ? best : null;
    }

    /// <summary>The end of a message: <c>; did you mean X?</c>, or where nothing is near, all names.</summary>
    public static string Hint(string typed, IReadOnlyCollection<string> names) =>
        Of(typed, names) is { } near ? $"; did you mean {near}?" : $"; there are {string.Join(", ", names)}";

    /// <summary>Letters to insert, remove, replace or swap with a neighbour to make one word the other.</summary>
    public static int Distance(string a, string b)
    {
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            cost[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            cost[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replaced, 1 + Math.Min(cost[i - 1, j], cost[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], 1 + cost[i - 2, j - 2]);
            }
        return cost[a.Length, b.Length];
    }
}
