using System.Buffers.Binary;
using System.Text;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.IO;

public sealed class SafetensorsFileTests
{
    private static readonly SafetensorsEntry[] Entries =
    [
        new("encoder.0.weight", "F32", [2, 3], [.. Enumerable.Range(0, 24).Select(i => (byte)i)]),
        new("step", "I64", [], [7, 0, 0, 0, 0, 0, 0, 0]),
        new("empty", "BF16", [0, 4], []),
        new("mask", "BOOL", [3], [1, 0, 1]),
    ];

    [Fact]
    public void RoundTrip()
    {
        using var directory = new TemporaryDirectory();
        SafetensorsFile.Write(directory["x"], Entries, new Dictionary<string, string> { ["format"] = "\"ü\"" });
        var content = SafetensorsFile.Read(directory["x"]);
        Assert.Equal("\"ü\"", Assert.Single(content.Metadata).Value);
        Assert.Equal(Entries.Length, content.Entries.Count);
        foreach (var entry in Entries)
        {
            var back = content.Entries.Single(each => each.Name == entry.Name);
            Assert.Equal(entry.DType, back.DType);
            Assert.Equal(entry.Shape, back.Shape);
            Assert.Equal(entry.Data, back.Data);
        }
    }

    [Fact]
    public void LayoutIsThatOfTheFormat()
    {
        using var directory = new TemporaryDirectory();
        SafetensorsFile.Write(directory["x"], [new SafetensorsEntry("a", "U8", [2], [8, 9])]);
        var bytes = File.ReadAllBytes(directory["x"]);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, (8 + length) % 64);
        Assert.Equal("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal([8, 9], bytes[(8 + length)..]);
    }

    [Fact]
    public void EveryTruncationIsSaidWithTheFileName()
    {
        using var directory = new TemporaryDirectory();
        SafetensorsFile.Write(directory["x"], Entries);
        var whole = File.ReadAllBytes(directory["x"]);
        for (var length = 0; length < whole.Length; length++)
            AssertRefused(directory, whole[..length]);
        AssertRefused(directory, [.. whole, 0]);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,3]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"""
        + """ "b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"""
        + """ "a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2)]
    [InlineData("""{"__metadata__":{"a":1}}""", 0)]
    [InlineData("[]", 0)]
    [InlineData("{", 0)]
    public void ADamagedHeaderIsRefused(string header, int data)
    {
        using var directory = new TemporaryDirectory();
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        AssertRefused(directory, [.. prefix, .. Encoding.UTF8.GetBytes(header), .. new byte[data]]);
    }

    [Fact]
    public void EntriesThatDoNotFitAreRefusedBeforeAFileIsThere()
    {
        using var directory = new TemporaryDirectory();
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(directory["x"], [Entries[0], Entries[0]]));
        Assert.Throws<ArgumentException>(() =>
            SafetensorsFile.Write(directory["x"], [new SafetensorsEntry("a", "F32", [2], new byte[4])]));
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    private static void AssertRefused(TemporaryDirectory directory, byte[] bytes)
    {
        File.WriteAllBytes(directory["bad"], bytes);
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(directory["bad"]));
        Assert.StartsWith(directory["bad"], error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
