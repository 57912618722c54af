using System.Numerics;

namespace Reverie.Logging;

/// <summary>The two 32-bit checksums of the formats here: PNG's (ISO 3309) and TensorBoard's (Castagnoli).</summary>
internal static class Crc32
{
    /// <summary>CRC-32 of PNG and zip (polynomial 0x04C11DB7, reflected); "123456789" gives CBF43926.</summary>
    public static uint Iso(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
        => ~Torch.IO.Crc32.Append(Torch.IO.Crc32.Append(uint.MaxValue, first), second);

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
}
