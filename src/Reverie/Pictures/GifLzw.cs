using System.Runtime.CompilerServices;

namespace Reverie.Pictures;

/// <summary>
/// GIF's compression: Lempel, Ziv and Welch (1984) with codes of growing width, least significant bit first, in blocks
/// of at most 255 bytes.
/// </summary>
/// <remarks>Its table is large and serves one picture after the other.</remarks>
internal sealed class GifLzw
{
    private const int MaximumCodes = 4096;

    // children[prefix * 256 + index] is the code of prefix followed by index; 0 where there is none yet.
    private readonly ushort[] children = new ushort[MaximumCodes << 8];

    /// <summary>Writes indices below 2^bits, with code size before and closing block after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(Stream stream, ReadOnlySpan<byte> indices, int bits)
    {
        stream.WriteByte((byte)bits);
        var blocks = new BlockWriter(stream);
        int clear = 1 << bits, end = clear + 1;
        int next = end + 1, width = bits + 1;
        blocks.Put(clear, width);
        int prefix = indices[0];
        foreach (byte index in indices[1..])
        {
            ref ushort child = ref children[prefix << 8 | index];
            if (child != 0)
            {
                prefix = child;
                continue;
            }
            blocks.Put(prefix, width);
            prefix = index;
            if (next < MaximumCodes)
            {
                // The reader learns each code one step later, so the width grows when the code before would not fit.
                if (next == 1 << width)
                    width++;
                child = (ushort)next++;
                continue;
            }
            blocks.Put(clear, width);
            Array.Clear(children);
            (next, width) = (end + 1, bits + 1);
        }
        blocks.Put(prefix, width);
        if (next == 1 << width && width < 12)
            width++;
        blocks.Put(end, width);
        blocks.Finish();
        Array.Clear(children, 0, next << 8);
    }

    private sealed class BlockWriter(Stream stream)
    {
        private readonly byte[] block = new byte[255];
        private int length;
        private int pending;
        private int pendingBits;

        public void Put(int code, int width)
        {
            pending |= code << pendingBits;
            for (pendingBits += width; pendingBits >= 8; pendingBits -= 8, pending >>= 8)
                Append((byte)pending);
        }

        public void Finish()
        {
            if (pendingBits > 0)
                Append((byte)pending);
            if (length > 0)
                FlushBlock();
            stream.WriteByte(0);
        }

        private void Append(byte value)
        {
            block[length++] = value;
            if (length == block.Length)
                FlushBlock();
        }

        private void FlushBlock()
        {
            stream.WriteByte((byte)length);
            stream.Write(block, 0, length);
            length = 0;
        }
    }
}
