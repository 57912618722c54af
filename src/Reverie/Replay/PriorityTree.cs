namespace Reverie.Replay;

/// <summary>Whole numbers at places that follow each other, and their sums, which are therefore exact: what is drawn by them
/// depends on the numbers alone, not on the order in which they came. Every change and every search takes as many steps as the
/// places have binary digits.</summary>
internal sealed class PriorityTree
{
    private long[] sums = new long[2];      // a node's at i, of its two below at 2i and 2i + 1; places at Size + (place mod Size)
    private long begin, end;

    /// <summary>Sum of all.</summary>
    public long Total => sums[1];

    private long Size => sums.Length / 2;

    /// <summary>The number at a place that is held.</summary>
    public long this[long place]
    {
        get => sums[Leaf(place)];
        set
        {
            for (var (node, change) = (Leaf(place), value - sums[Leaf(place)]); node > 0; node /= 2) sums[node] += change;
        }
    }

    /// <summary>Begins anew, without any place.</summary>
    public void BeginAt(long place)
    {
        (begin, end) = (place, place);
        Array.Clear(sums);
    }

    /// <summary>Adds the next place.</summary>
    public void Add(long number)
    {
        if (end - begin == Size) Grow();
        end++;
        this[end - 1] = number;
    }

    /// <summary>Drops all places before one.</summary>
    public void DropBefore(long place)
    {
        for (; begin < place && begin < end; begin++) this[begin] = 0;
        (begin, end) = (Math.Max(begin, place), Math.Max(end, place));
    }

    /// <summary>The first place up to which, itself included, the numbers come to more than a sum.</summary>
    /// <param name="sum">At least 0 and below <see cref="Total"/>.</param>
    public long Find(long sum)
    {
        sum = (sum + Before(Leaf(begin))) % Total;      // slots begin with another place than the first
        var node = 1L;
        while (node < Size)
        {
            node *= 2;
            if (sum < sums[node]) continue;
            sum -= sums[node];
            node++;
        }
        var slot = node - Size;
        return begin + ((slot - begin) % Size + Size) % Size;
    }

    private long Leaf(long place) => Size + place % Size;

    // Sum of the slots before a leaf.
    private long Before(long leaf)
    {
        var sum = 0L;
        for (; leaf > 1; leaf /= 2)
            if (leaf % 2 == 1) sum += sums[leaf - 1];
        return sum;
    }

    private void Grow()
    {
        var held = Enumerable.Range(0, (int)(end - begin)).Select(i => this[begin + i]).ToArray();
        sums = new long[4 * Size];
        for (var i = 0; i < held.Length; i++) sums[Leaf(begin + i)] = held[i];
        for (var node = Size - 1; node > 0; node--) sums[node] = sums[2 * node] + sums[2 * node + 1];
    }
}
