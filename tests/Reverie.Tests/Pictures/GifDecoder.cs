namespace Reverie.Tests.Pictures;

/// <summary>A plain GIF reader, written from the specification alone, to check the writer against.</summary>
internal sealed class GifDecoder
{
    private readonly byte[] file;
    private int at;

    public GifDecoder(byte[] file)
    {
        this.file = file;
        Assert.Equal("GIF89a"u8.ToArray(), Take(6));
        (Width, Height) = (Word(), Word());
        int flags = this.file[at];
        at += 3;
        byte[] global = (flags & 0x80) != 0 ? Take(3 << (flags & 7) + 1) : [];
        var canvas = new byte[Width * Height * 3];
        while (this.file[at] != 0x3B)
            if (this.file[at++] == 0x21)
                Extension();
            else
            {
                Picture(global, canvas);
                Frames.Add((byte[])canvas.Clone());
            }
        Assert.Equal(file.Length - 1, at);
    }

    public int Width { get; }

    public int Height { get; }

    public bool Loops { get; private set; }

    public List<byte[]> Frames { get; } = [];

    public List<int> Delays { get; } = [];

    private byte[] Take(int count) => file[at..(at += count)];

    private int Word() => file[at++] | file[at++] << 8;

    private void Extension()
    {
        byte kind = file[at++];
        byte[] data = Blocks();
        if (kind == 0xF9)
            Delays.Add(data[1] | data[2] << 8);
        else
            Loops = data.AsSpan().StartsWith("NETSCAPE2.0"u8);
    }

    private byte[] Blocks()
    {
        var data = new List<byte>();
        for (int length = file[at++]; length > 0; length = file[at++])
            data.AddRange(Take(length));
        return [.. data];
    }

    private void Picture(byte[] palette, byte[] canvas)
    {
        (int left, int top, int width, int height) = (Word(), Word(), Word(), Word());
        int flags = file[at++];
        if ((flags & 0x80) != 0)
            palette = Take(3 << (flags & 7) + 1);
        int bits = file[at++];
        byte[] indices = Unpack(Blocks(), bits);
        Assert.Equal(width * height, indices.Length);
        for (int i = 0; i < indices.Length; i++)
            palette.AsSpan(3 * indices[i], 3).CopyTo(
                canvas.AsSpan(3 * ((top + i / width) * Width + left + i % width)));
    }

    private static byte[] Unpack(byte[] data, int bits)
    {
        int clear = 1 << bits, width = bits + 1, position = 0;
        var table = new List<byte[]>();
        var output = new List<byte>();
        byte[]? previous = null;
        while (true)
        {
            int code = 0;
            for (int i = 0; i < width; i++, position++)
                code |= (data[position >> 3] >> (position & 7) & 1) << i;
            if (code == clear)
            {
                table = [.. Enumerable.Range(0, clear + 2).Select(i => new[] { (byte)i })];
                (width, previous) = (bits + 1, null);
                continue;
            }
            if (code == clear + 1)
                return [.. output];
            byte[] entry = code < table.Count ? table[code] : [.. previous!, previous![0]];
            output.AddRange(entry);
            if (previous is not null && table.Count < 4096)
                table.Add([.. previous, entry[0]]);
            if (table.Count == 1 << width && width < 12)
                width++;
            previous = entry;
        }
    }
}
