using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Reverie.Logging;
using Reverie.Pictures;

namespace Reverie.Tests.Logging;

public sealed class TensorBoardSinkTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("reverie-tensorboard-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void ChecksumsMatchThePublishedVectors()
    {
        // RFC 3720, B.4: 32 bytes of zeros, of ones, and rising.
        Assert.Equal(0xE3069283u, RecordChecksum.Castagnoli("123456789"u8));
        Assert.Equal(0x8A9136AAu, RecordChecksum.Castagnoli(new byte[32]));
        Assert.Equal(0x62A8AB43u, RecordChecksum.Castagnoli(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, RecordChecksum.Castagnoli(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    [Fact]
    public void ScalarsAreReadBack()
    {
        var sink = new TensorBoardSink(directory);
        sink.Resume(300, null);
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
    public void ANewFileComesAfterThoseThatAreThereWhateverTheClockSays()
    {
        File.WriteAllText(Path.Combine(directory, "events.out.tfevents.9876543210.elsewhere.7.reverie"), "");
        File.WriteAllText(Path.Combine(directory, "events.out.tfevents.9999999999.elsewhere.7"), "");      // another program's
        using var one = new TensorBoardSink(directory);
        using var two = new TensorBoardSink(directory);
        Assert.Equal(["9876543211", "9876543212"], new[] { one, two }.Select(sink => Path.GetFileName(sink.FilePath).Split('.')[3]));
    }

    [Fact]
    public void PicturesStandInItAsTheirFiles()
    {
        string gif = Path.Combine(directory, "moving.gif"), png = Path.Combine(directory, "still.png");
        GifWriter.Write(gif, [new byte[36], [.. Enumerable.Repeat((byte)255, 36)]], 3, 4, new GifOptions());
        PngImage.Write(png, new byte[30], 5, 2);
        using var sink = new TensorBoardSink(directory);
        sink.Write(PictureRecord.Read("dream/animation", 12_000, gif));
        sink.Write(PictureRecord.Read("dream/strip", 12_000, png));

        // Not flushed: what a process writes before it is killed is there.
        List<byte[]> events = Records(Read(sink.FilePath));
        Assert.Equal(3, events.Count);
        foreach ((byte[] one, string name, string file, long width, long height) in new[]
            { (events[1], "dream/animation", gif, 3L, 4L), (events[2], "dream/strip", png, 5L, 2L) })
        {
            Assert.Equal(12_000, BitConverter.ToInt64(Fields(one)[2][0]));
            Dictionary<int, List<byte[]>> value = Fields(Fields(Fields(one)[5][0])[1][0]), image = Fields(value[4][0]);
            Assert.Equal(name, Encoding.UTF8.GetString(value[1][0]));
            Assert.Equal([height, width, 3], new[] { 1, 2, 3 }.Select(field => BitConverter.ToInt64(image[field][0])));
            Assert.Equal(File.ReadAllBytes(file), image[4][0]);
        }
        File.WriteAllText(gif, "none");
        Assert.Contains("neither PNG nor GIF",
            Assert.ThrowsAny<ReverieException>(() => PictureRecord.Read("x", 0, gif)).Message);
    }

    [Fact]
    public void GoogleSOwnDecoderReadsEveryMessage()
    {
        string png = Path.Combine(directory, "still.png");
        PngImage.Write(png, new byte[30], 5, 2);
        using var sink = new TensorBoardSink(directory);
        sink.Resume(300, null);
        sink.Write(new MetricRecord
        {
            Kind = "update", EnvSteps = 3_000_000_000, Values = new Dictionary<string, double> { ["kl"] = 3.25 },
        });
        sink.Write(PictureRecord.Read("dream/strip", 400, png));
        string[] told = [.. Records(Read(sink.FilePath)).Select(Decode)];
        Assert.Contains("file_version: \"brain.Event:2\"", told[0]);
        Assert.Contains("step: 301", told[1]);
        Assert.Contains("status: START", told[1]);
        Assert.Contains("step: 3000000000", told[2]);
        Assert.Contains("tag: \"update/kl\"", told[2]);
        Assert.Contains("simple_value: 3.25", told[2]);
        Assert.Contains("tag: \"dream/strip\"", told[3]);
        Assert.Contains("encoded_image_string: \"\\211PNG", told[3]);
        // A field that the description does not have would be shown by its number alone.
        Assert.All(told, text => Assert.DoesNotMatch(@"(?m)^\s*\d+[:\s{]", text));
    }

    [Fact]
    public void ARunThatGoesOnHasNothingTwiceOfWhatWasLostWithTheKill()
    {
        (long Log, IReadOnlyDictionary<string, long>? Mirror) checkpoint;
        using (RunLogger log = Begin())
        {
            log.Write(At(100, 1));
            log.Flush();
            checkpoint = (log.Position, log.MirrorPositions);
            log.Write(At(100, 2, "evaluation"));    // lost, at the very step of the checkpoint
            log.Write(At(200, 3));
        }
        // Killed before it had a checkpoint of its own: its file goes.
        using (RunLogger log = RunLogger.Open(directory))
        {
            log.Resume(checkpoint.Log, 100, checkpoint.Mirror);
            log.Write(At(100, 2, "evaluation"));
        }
        using (RunLogger log = RunLogger.Open(directory))
        {
            log.Resume(checkpoint.Log, 100, checkpoint.Mirror);
            log.Write(At(100, 2, "evaluation"));
            log.Write(At(200, 4));
        }
        Assert.Equal(2, EventFiles.Length);
        Assert.Equal([(100, 1f), (100, 2f), (200, 4f)], Shown(obeying: true));
        Assert.Equal([(100, 1f), (100, 2f), (200, 4f)], Shown(obeying: false));
    }

    [Fact]
    public void ARunThatBeginsAnewLeavesNothingOfBeforeAndTouchesNoOtherProgramSFile()
    {
        using (RunLogger log = Begin())
            log.Write(At(100, 1));
        string foreign = Path.Combine(directory, "events.out.tfevents.1700000000.host.77.0");
        File.WriteAllText(foreign, "of another program");
        Begin().Dispose();
        Assert.Equal("of another program", File.ReadAllText(foreign));
        File.Delete(foreign);
        Assert.Single(EventFiles);
        Assert.Empty(Shown(obeying: false));
    }

    [Fact]
    public void ACheckpointThatKnowsNoPositionsTakesTheStepsAfterItBack()
    {
        using (RunLogger log = Begin())
        {
            log.Write(At(100, 1));
            log.Write(At(200, 2));
        }
        using (RunLogger log = RunLogger.Open(directory))
        {
            log.Resume(position: 0, 100, mirror: null);
            log.Write(At(200, 3));
        }
        Assert.Equal([(100, 1f), (200, 3f)], Shown(obeying: true));
    }

    [Fact]
    public void TwoLogsOfOneSecondHaveTwoFiles()
    {
        using var first = new TensorBoardSink(directory);
        using var second = new TensorBoardSink(directory);
        Assert.NotEqual(first.FilePath, second.FilePath);
    }

    private string[] EventFiles =>
        [.. Directory.GetFiles(directory, "events.out.tfevents.*").Order(StringComparer.Ordinal)];

    private RunLogger Begin()
    {
        RunLogger log = RunLogger.Open(directory);
        log.Resume(position: 0, envSteps: 0, new Dictionary<string, long>());
        return log;
    }

    private static MetricRecord At(long steps, double value, string kind = "episode") => new()
    {
        Kind = kind, EnvSteps = steps, Values = new Dictionary<string, double> { ["return"] = value },
    };

    /// <summary>As a reader sees the folder, one that obeys sessions that start (TensorBoard: they forget what stands
    /// from their step on) or one that does not.</summary>
    private List<(long Step, float Value)> Shown(bool obeying)
    {
        var kept = new List<(long Step, float Value)>();
        foreach (byte[] one in EventFiles.SelectMany(file => Records(Read(file))))
        {
            Dictionary<int, List<byte[]>> fields = Fields(one);
            long step = BitConverter.ToInt64(fields[2][0]);
            if (fields.ContainsKey(7) && obeying)
                kept.RemoveAll(point => point.Step >= step);
            else if (fields.TryGetValue(5, out List<byte[]>? summary))
                kept.Add((step, Scalar(Fields(summary[0])[1][0]).Item2));
        }
        return kept;
    }

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static string Decode(byte[] message)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Golden", "tensorboard");
        using var protoc = Process.Start(new ProcessStartInfo("protoc", ["--decode=Event", "-I", folder, "event.proto"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        protoc.StandardInput.BaseStream.Write(message);
        protoc.StandardInput.Close();
        string told = protoc.StandardOutput.ReadToEnd(), error = protoc.StandardError.ReadToEnd();
        protoc.WaitForExit();
        Assert.True(protoc.ExitCode == 0, error);
        return told;
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
            Assert.Equal(RecordChecksum.Castagnoli(file[..8]), Unmask(file[8..]));
            byte[] data = file.Slice(12, length).ToArray();
            Assert.Equal(RecordChecksum.Castagnoli(data), Unmask(file[(12 + length)..]));
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
