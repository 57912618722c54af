using System.Buffers.Binary;
using System.Text;
using Reverie.Logging;

namespace Reverie.Tests.Logging;

public sealed class TensorBoardSinkTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("reverie-tensorboard-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Checksums_match_the_published_vectors()
    {
        Assert.Equal(0xCBF43926u, Crc32.Iso("123456789"u8));
        Assert.Equal(0xCBF43926u, Crc32.Iso("1234"u8, "56789"u8));
        // RFC 3720, B.4: 32 bytes of zeros, of ones, and rising.
        Assert.Equal(0xE3069283u, Crc32.Castagnoli("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32.Castagnoli(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32.Castagnoli(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32.Castagnoli(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    [Fact]
    public void Scalars_are_read_back()
    {
        var sink = new TensorBoardSink(_directory);
        sink.Resume(300);
        sink.Write(new MetricRecord
        {
            Kind = "update", EnvSteps = 1_000_000, Updates = 7,
            Values = new Dictionary<string, double> { ["kl"] = 3.25, ["image"] = -0.5 },
        });
        sink.Dispose();
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(sink.FilePath));

        List<byte[]> events = Records(File.ReadAllBytes(sink.FilePath));
        Assert.Equal(3, events.Count);
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString(Fields(events[0])[3][0]));
        Assert.Equal(301, BitConverter.ToInt64(Fields(events[1])[2][0]));
        Assert.Equal(1, BitConverter.ToInt64(Fields(Fields(events[1])[7][0])[1][0]));
        Dictionary<int, List<byte[]>> update = Fields(events[2]);
        Assert.Equal(1_000_000, BitConverter.ToInt64(update[2][0]));
        double wall = BitConverter.ToDouble(update[1][0]);
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.InRange(wall, now - 60, now + 1);
        Assert.Equal([("update/kl", 3.25f), ("update/image", -0.5f)], Fields(update[5][0])[1].Select(Scalar));
    }

    [Fact]
    public void Two_logs_of_one_second_have_two_files()
    {
        using var first = new TensorBoardSink(_directory);
        using var second = new TensorBoardSink(_directory);
        Assert.NotEqual(first.FilePath, second.FilePath);
    }

    private static (string, float) Scalar(byte[] value)
    {
        Dictionary<int, List<byte[]>> fields = Fields(value);
        return (Encoding.UTF8.GetString(fields[1][0]), BitConverter.ToSingle(fields[2][0]));
    }

    /// <summary>Splits TFRecords, checking both checksums of each with the mask taken off again.</summary>
    private static List<byte[]> Records(ReadOnlySpan<byte> file)
    {
        var records = new List<byte[]>();
        while (file.Length > 0)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
            Assert.Equal(Crc32.Castagnoli(file[..8]), Unmask(file[8..]));
            byte[] data = file.Slice(12, length).ToArray();
            Assert.Equal(Crc32.Castagnoli(data), Unmask(file[(12 + length)..]));
            records.Add(data);
            file = file[(16 + length)..];
        }
        return records;
    }

    private static uint Unmask(ReadOnlySpan<byte> word)
    {
        uint rotated = unchecked(BinaryPrimitives.ReadUInt32LittleEndian(word) - 0xA282EAD8u);
        return rotated >> 17 | rotated << 15;
    }

    /// <summary>The fields of a protobuf message by number; varints as eight little-endian bytes.</summary>
    private static Dictionary<int, List<byte[]>> Fields(byte[] message)
    {
        var fields = new Dictionary<int, List<byte[]>>();
        for (int at = 0; at < message.Length;)
        {
            ulong key = Varint(message, ref at);
            byte[] value;
            if ((key & 7) == 0)
                value = BitConverter.GetBytes(Varint(message, ref at));
            else
            {
                int length = (key & 7) switch { 1 => 8, 5 => 4, _ => (int)Varint(message, ref at) };
                value = message[at..(at + length)];
                at += length;
            }
            if (!fields.TryGetValue((int)(key >> 3), out List<byte[]>? list))
                fields[(int)(key >> 3)] = list = [];
            list.Add(value);
        }
        return fields;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = message[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
    }
}
