using System.Text;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>
/// Where the lines of a metrics file begin, by kind. Looking again costs what was written since; a line is parsed only
/// when somebody wants to see it, so that a file of any length is opened at the speed of reading it.
/// </summary>
/// <remarks>Counters never fall along a file, so a part of an axis is a part of the lines, found by halving.</remarks>
/// <param name="open">Opens the file for reading.</param>
internal sealed class MetricIndex(Func<FileStream> open)
{
    /// <summary>Longest line that is one, in bytes; a longer one is passed over, as a damaged one is.</summary>
    public const int LongestLine = 64 << 10;

    /// <summary>Kinds that are kept; lines of more are passed over. A log of ours has five.</summary>
    public const int MostKinds = 64;

    private const int BlockBytes = 1 << 20;

    // Of a log of another kind, no part is read for ever: so many lines are kept, so many damaged ones are looked into,
    // and so many neighbours of one are asked for its place.
    private const int MostLines = 20_000_000, MostDamaged = 100_000, MostNeighbours = 1000;
    private static readonly byte[] KindMark = Encoding.UTF8.GetBytes("{\"kind\":\"");

    private readonly Dictionary<string, List<long>> begins = new(StringComparer.Ordinal);
    private byte[] lastLine = [];
    private bool isInside;
    private int kept, damaged;

    /// <summary>Bytes looked at: the end of the last whole line.</summary>
    public long Position { get; private set; }

    /// <summary>How often the file was cut back or replaced, as by a run that goes on from a checkpoint.</summary>
    public int Generation { get; private set; }

    /// <summary>Kinds of measurements, and how many lines each has.</summary>
    public IEnumerable<(string Kind, int Count)> Kinds => begins.Select(pair => (pair.Key, pair.Value.Count));

    /// <summary>Looks at what was written since the last time.</summary>
    public void Advance()
    {
        using var file = open();
        if (!GoesOn(file))
        {
            begins.Clear();
            (Position, lastLine, isInside, kept, damaged) = (0, [], false, 0, 0);
            Generation++;
        }
        var block = new byte[(int)Math.Clamp(file.Length - Position, LongestLine, BlockBytes)];
        while (RandomAccess.Read(file.SafeFileHandle, block, Position) is > 0 and var read)
        {
            var end = block.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
            if (end > 0)
                Take(block.AsSpan(0, end));
            else if (read < LongestLine)
                return;    // a line that is still being written
            else
                Pass(block.AsSpan(0, read));
        }
    }

    /// <summary>At most so many lines of a kind, evenly spread, the last of them always the newest.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="most">How many.</param>
    /// <param name="range">Which part of which axis; null for all.</param>
    /// <returns>The lines that are whole, and how many lines each of them stands for.</returns>
    public (IReadOnlyList<MetricLine> Lines, int Stride) Sample(string kind, int most, AxisRange? range = null)
    {
        if (!begins.TryGetValue(kind, out var all) || all.Count == 0)
            return ([], 1);
        using var file = open();
        var (from, to) = (0, all.Count - 1);
        if (range is not null)
        {
            // One line more at each end, so that curves run to the edge.
            from = Math.Max(0, First(file, all, line => range.Of(line) >= range.From) - 1);
            to = Math.Min(all.Count - 1, First(file, all, line => range.Of(line) > range.To));
        }
        var stride = 1;
        while ((to - from) / stride + 2 > most)
            stride *= 2;
        // Counted from the beginning of the file, so that the same lines are chosen as it grows.
        var first = (from + stride - 1) / stride * stride;
        var chosen = Enumerable.Range(0, (to - from) / stride + 1).Select(i => first + i * stride)
            .Where(i => i <= to).Append(to).Distinct();
        return ([.. chosen.Select(i => LineAt(file, all[i])).OfType<MetricLine>()], stride);
    }

    /// <summary>The lines that begin at or after a byte, in the order of the file.</summary>
    public IEnumerable<(long At, MetricLine Line)> Since(long position)
    {
        using var file = open();
        var later = begins.Values.SelectMany(all =>
        {
            var index = all.BinarySearch(position);
            return all.Skip(index < 0 ? ~index : index);
        });
        foreach (var at in later.Order())
            if (LineAt(file, at) is { } line)
                yield return (at, line);
    }

    /// <summary>How many lines begin at or after a byte.</summary>
    public int CountSince(long position) => begins.Values.Sum(all =>
    {
        var index = all.BinarySearch(position);
        return all.Count - (index < 0 ? ~index : index);
    });

    // A file that was cut back and has grown again has another line where the last one was.
    private bool GoesOn(FileStream file)
    {
        if (file.Length < Position)
            return false;
        var now = new byte[lastLine.Length];
        return RandomAccess.Read(file.SafeFileHandle, now, Position - now.Length) == now.Length
            && now.AsSpan().SequenceEqual(lastLine);
    }

    // A piece of a line that is none: what follows, up to its end, is another piece of it.
    private void Pass(ReadOnlySpan<byte> piece)
    {
        (Position, lastLine, isInside) = (Position + piece.Length, piece[^1..].ToArray(), true);
    }

    private void Take(ReadOnlySpan<byte> lines)
    {
        var begin = isInside ? lines.IndexOf((byte)'\n') + 1 : 0;
        if (begin == lines.Length)
            lastLine = lines[^1..].ToArray();
        isInside = false;
        while (begin < lines.Length)
        {
            var length = lines[begin..].IndexOf((byte)'\n') + 1;
            var line = lines.Slice(begin, length);
            if (line.Length <= LongestLine && kept < MostLines && KindOf(line) is { } kind)
                Keep(kind, Position + begin);
            begin += length;
            if (begin == lines.Length)
                lastLine = line[^Math.Min(line.Length, LongestLine)..].ToArray();
        }
        Position += lines.Length;
    }

    private void Keep(string kind, long begin)
    {
        if (!begins.TryGetValue(kind, out var all))
        {
            if (begins.Count == MostKinds)
                return;
            begins[kind] = all = [];
        }
        all.Add(begin);
        kept++;
    }

    // As our own logs begin; a line of another hand is parsed.
    private string? KindOf(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(KindMark))
        {
            var other = damaged < MostDamaged ? MetricLine.TryParse(line)?.Kind : null;
            damaged += other is null ? 1 : 0;
            return other;
        }
        var word = line[KindMark.Length..];
        var end = word.IndexOf((byte)'"');
        if (end < 0)
            return null;
        foreach (var known in begins.Keys)
            if (Same(word[..end], known))
                return known;
        return Encoding.UTF8.GetString(word[..end]);
    }

    private static bool Same(ReadOnlySpan<byte> word, string known)
    {
        if (word.Length != known.Length)
            return false;
        for (var i = 0; i < word.Length; i++)
            if (word[i] != known[i])
                return false;
        return true;
    }

    // Number of the first line for which something holds that holds for all after it; the count where there is none.
    private static int First(FileStream file, List<long> all, Func<MetricLine, bool> holds)
    {
        var (low, high) = (0, all.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            // A damaged line is asked for its neighbour's place.
            var at = middle;
            MetricLine? line = null;
            var end = Math.Min(high, at + MostNeighbours);
            while (at < end && (line = LineAt(file, all[at])) is null)
                at++;
            if (line is null || holds(line))
                high = middle;
            else
                low = at + 1;
        }
        return low;
    }

    private static MetricLine? LineAt(FileStream file, long at)
    {
        Span<byte> buffer = stackalloc byte[2048];
        while (true)
        {
            var read = RandomAccess.Read(file.SafeFileHandle, buffer, at);
            var end = buffer[..read].IndexOf((byte)'\n');
            if (end >= 0)
                return MetricLine.TryParse(buffer[..end]);
            if (read < buffer.Length || buffer.Length >= LongestLine)
                return null;
            buffer = new byte[Math.Min(4 * buffer.Length, LongestLine)];
        }
    }
}
