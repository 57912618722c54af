using System.Globalization;

namespace Reverie.Replay;

/// <summary>
/// The name of an episode's file, <c>000012-9f3c01ab-125.npz</c>: everything that counting needs.
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

    /// <summary>Rows in it, T + 1.</summary>
    public int Rows => Decisions + 1;

    /// <summary>The name without its directory.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Number:D6}-{Id}-{Decisions}{Extension}");

    /// <summary>Reads a name; null where it is not that of an episode.</summary>
    public static EpisodeFile? TryParse(string name)
    {
        if (!name.EndsWith(Extension, StringComparison.Ordinal))
            return null;
        var parts = name[..^Extension.Length].Split('-');
        if (parts is not [var number, { Length: IdLength } id, var decisions] || !id.All(char.IsAsciiHexDigitLower))
            return null;
        return TryParseInt(number, out var n) && TryParseInt(decisions, out var t) && t is > 0 and < int.MaxValue
            ? new EpisodeFile(n, id, t)
            : null;
    }

    internal static string IdOf(int seed, int number) =>
        RandomSource.Derive((ulong)seed, (ulong)number).NextUInt64().ToString("x16", CultureInfo.InvariantCulture)
            [..IdLength];

    private static bool TryParseInt(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
