using System.Buffers.Binary;
using System.Text;

namespace Reverie.Logging;

/// <summary>
/// TensorFlow's <c>Event</c> message, encoded by hand. Fields used: wall_time = 1 (double), step = 2 (int64),
/// file_version = 3 (string), summary = 5 { value = 1 { tag = 1, simple_value = 2 (float), image = 4 { height = 1,
/// width = 2, colorspace = 3, encoded_image_string = 4 } } }, session_log = 7 { status = 1 }.
/// </summary>
internal static class TensorBoardEvent
{
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    /// <summary>The first event of every file.</summary>
    public static byte[] Version(double wallTime)
    {
        using MemoryStream message = Begin(wallTime, step: 0);
        WriteBytes(message, 3, "brain.Event:2"u8);
        return message.ToArray();
    }

    /// <summary>A restart: readers drop events of this step and later from earlier files.</summary>
    public static byte[] SessionStart(double wallTime, long step)
    {
        const byte Start = 1;
        using MemoryStream message = Begin(wallTime, step);
        WriteBytes(message, 7, [1 << 3 | Varint, Start]);
        return message.ToArray();
    }

    /// <summary>All values of a record, tagged <c>kind/name</c>, at its environment step.</summary>
    public static byte[] Scalars(double wallTime, MetricRecord record)
    {
        using var summary = new MemoryStream();
        Span<byte> bits = stackalloc byte[4];
        foreach ((string name, double value) in record.Values)
        {
            using var scalar = new MemoryStream();
            WriteBytes(scalar, 1, Encoding.UTF8.GetBytes($"{record.Kind}/{name}"));
            WriteKey(scalar, 2, Fixed32);
            BinaryPrimitives.WriteSingleLittleEndian(bits, (float)value);
            scalar.Write(bits);
            WriteBytes(summary, 1, scalar.ToArray());
        }
        using MemoryStream message = Begin(wallTime, record.EnvSteps);
        WriteBytes(message, 5, summary.ToArray());
        return message.ToArray();
    }

    /// <summary>A picture, as the bytes of its file.</summary>
    public static byte[] Picture(double wallTime, PictureRecord picture)
    {
        const ulong Rgb = 3;
        using var image = new MemoryStream();
        foreach ((int field, ulong number) in new[] { (1, (ulong)picture.Height), (2, (ulong)picture.Width), (3, Rgb) })
        {
            WriteKey(image, field, Varint);
            WriteVarint(image, number);
        }
        WriteBytes(image, 4, picture.File);
        using var value = new MemoryStream();
        WriteBytes(value, 1, Encoding.UTF8.GetBytes(picture.Name));
        WriteBytes(value, 4, image.ToArray());
        using var summary = new MemoryStream();
        WriteBytes(summary, 1, value.ToArray());
        using MemoryStream message = Begin(wallTime, picture.EnvSteps);
        WriteBytes(message, 5, summary.ToArray());
        return message.ToArray();
    }

    private static MemoryStream Begin(double wallTime, long step)
    {
        var message = new MemoryStream();
        WriteKey(message, 1, Fixed64);
        Span<byte> bits = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bits, wallTime);
        message.Write(bits);
        WriteKey(message, 2, Varint);
        WriteVarint(message, (ulong)step);
        return message;
    }

    private static void WriteKey(MemoryStream message, int field, int wire)
        => WriteVarint(message, (ulong)(field << 3 | wire));

    private static void WriteBytes(MemoryStream message, int field, ReadOnlySpan<byte> data)
    {
        WriteKey(message, field, Bytes);
        WriteVarint(message, (ulong)data.Length);
        message.Write(data);
    }

    private static void WriteVarint(MemoryStream message, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            message.WriteByte((byte)(value | 0x80));
        message.WriteByte((byte)value);
    }
}
