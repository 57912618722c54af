using System.Globalization;

namespace Reverie.Replay;

/// <summary>
/// The name of an episode's file, <c>000012-9f3c01ab-125.npz</c>: everything that counting needs. Where one agent learns
/// several tasks, <c>-t1</c> follows for the second, <c>-t2</c> for the third, and nothing for the first.
/// </summary>
/// <param name="Number">Running number in its directory, from 0.</param>
/// <param name="Id">Eight hexadecimal digits that follow from the seed of the run and the number, so that a run that
/// is resumed writes the same names, and files of two runs can lie together.</param>
/// <param name="Decisions">Decisions in it, T.</param>
public sealed record EpisodeFile(int Number, string Id, int Decisions)
{
    /// <summary>Extension of episode files.</summary>
    public const string Extension = ".npz";

    private const int IdLength = 8;

    /// <summary>Number of its task among those that the agent learns, from 0.</summary>
    public int Task { get; init; }

    /// <summary>Rows in it, T + 1.</summary>
    public int Rows => Decisions + 1;

    /// <summary>The name without its directory.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Number:D6}-{Id}-{Decisions}{(Task > 0 ? $"-t{Task}" : "")}{Extension}");

    /// <summary>Reads a name; null where it is not that of an episode.</summary>
    public static EpisodeFile? TryParse(string name)
    {
        if (!name.EndsWith(Extension, StringComparison.Ordinal))
            return null;
        var parts = name[..^Extension.Length].Split('-');
        if (parts is not [var number, { Length: IdLength } id, var decisions, .. var rest] || !id.All(char.IsAsciiHexDigitLower))
            return null;
        var task = 0;
        if (rest is not [] && (rest is not [['t', .. var which]] || !TryParseInt(which, out task) || which != $"{task}" || task == 0))
            return null;
        return TryParseInt(number, out var n) && TryParseInt(decisions, out var t) && t is > 0 and < int.MaxValue
            ? new EpisodeFile(n, id, t) { Task = task }
            : null;
    }

    internal static string IdOf(int seed, int number) =>
        RandomSource.Derive((ulong)seed, (ulong)number).NextUInt64().ToString("x16", CultureInfo.InvariantCulture)
            [..IdLength];

    private static bool TryParseInt(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
