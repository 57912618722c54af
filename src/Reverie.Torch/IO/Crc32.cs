using System.Buffers.Binary;

namespace Reverie.Torch.IO;

/// <summary>The checksum of zip and PNG (IEEE 802.3, polynomial 0xEDB88320), eight bytes at a time.</summary>
public static class Crc32
{
    private const int Slices = 8;
    private static readonly uint[] Table = MakeTable();

    /// <summary>Checksum of <paramref name="data"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> data) => ~Append(~0u, data);

    /// <summary>
    /// Continues the running register: begin with <c>~0u</c>, append part after part, complement the result.
    /// </summary>
    public static uint Append(uint register, ReadOnlySpan<byte> data)
    {
        var table = Table;
        for (; data.Length >= Slices; data = data[Slices..])
        {
            var low = register ^ BinaryPrimitives.ReadUInt32LittleEndian(data);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            register = table[7 * 256 + (byte)low] ^ table[6 * 256 + (byte)(low >> 8)]
                ^ table[5 * 256 + (byte)(low >> 16)] ^ table[4 * 256 + (low >> 24)]
                ^ table[3 * 256 + (byte)high] ^ table[2 * 256 + (byte)(high >> 8)]
                ^ table[256 + (byte)(high >> 16)] ^ table[high >> 24];
        }
        foreach (var value in data)
        {
            register = table[(byte)(register ^ value)] ^ (register >> 8);
        }
        return register;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[Slices * 256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? 0xEDB88320u ^ (value >> 1) : value >> 1;
            }
            table[i] = value;
        }
        for (var i = 256; i < table.Length; i++)
        {
            table[i] = table[(byte)table[i - 256]] ^ (table[i - 256] >> 8);
        }
        return table;
    }
}
