using System.Numerics;

namespace Reverie.Logging;

/// <summary>The checksum of TensorBoard's records (CRC-32C, after Castagnoli).</summary>
internal static class RecordChecksum
{
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
