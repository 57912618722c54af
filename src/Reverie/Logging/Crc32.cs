using System.Numerics;

namespace Reverie.Logging;

/// <summary>The two 32-bit checksums of the file formats here: PNG's (ISO 3309) and TensorBoard's (Castagnoli).</summary>
internal static class Crc32
{
    private static readonly uint[] Table = BuildTable();

    /// <summary>CRC-32 of PNG and zip (polynomial 0x04C11DB7, reflected); "123456789" gives CBF43926.</summary>
    public static uint Iso(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
        => ~IsoUpdate(IsoUpdate(uint.MaxValue, first), second);

    /// <summary>CRC-32C (polynomial 0x1EDC6F41, reflected); "123456789" gives E3069283.</summary>
    public static uint Castagnoli(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    /// <summary>The TFRecord mask over CRC-32C: rotated and shifted, so that a checksum of data that holds checksums
    /// stays sound.</summary>
    public static uint Masked(ReadOnlySpan<byte> data)
        => unchecked(BitOperations.RotateRight(Castagnoli(data), 15) + 0xA282EAD8u);

    private static uint IsoUpdate(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (byte b in data)
            crc = Table[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return crc;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[256];
        for (uint n = 0; n < table.Length; n++)
        {
            uint c = n;
            for (int bit = 0; bit < 8; bit++)
                c = (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
            table[n] = c;
        }
        return table;
    }
}
