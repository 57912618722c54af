using System.Text;
using System.Text.Json;
using Reverie.Torch.IO;

namespace Reverie.Tests.IO;

public sealed class SealTests
{
    private static readonly byte[] Text = "{\n  \"count\": 12,\n  \"name\": \"a\"\n}"u8.ToArray();

    [Fact]
    public void WhatWasSealedIsJSONWithOneKeyMoreAndComesBack()
    {
        var file = Seal.Json(Text);
        Assert.Equal(["count", "name", "crc32"],
            JsonDocument.Parse(file).RootElement.EnumerateObject().Select(each => each.Name));
        Assert.Equal((Encoding.UTF8.GetString(Text), true), Opened(Seal.OpenJson(file)));
        Assert.Equal((Encoding.UTF8.GetString(Text), false), Opened(Seal.OpenJson(Text)));
    }

    [Fact]
    public void ACommentSealsLines()
    {
        var file = Seal.Yaml("a: 1\nb: 2\n"u8);
        Assert.Matches("^a: 1\nb: 2\n# crc32: [0-9a-f]{8}\n$", Encoding.UTF8.GetString(file));
        Assert.Equal(("a: 1\nb: 2\n", true), Opened(Seal.OpenYaml(file)));
    }

    /// <summary>A bit that changes in the text is noticed; one that changes in the seal as well, or the seal is no longer
    /// one, and the text is the one that was written.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NoBitChangesUnnoticed(bool json)
    {
        var lines = "a: 1\nb: 2\n"u8.ToArray();
        var whole = json ? Seal.Json(Text) : Seal.Yaml(lines);
        for (var bit = 0; bit < 8 * whole.Length; bit++)
        {
            var file = (byte[])whole.Clone();
            file[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                var (text, known) = json ? Seal.OpenJson(file) : Seal.OpenYaml(file);
                Assert.False(known);
                Assert.True(text.AsSpan().StartsWith(json ? Text.AsSpan()[..^2] : lines), $"bit {bit}");
            }
            catch (InvalidDataException)
            {
                // Noticed.
            }
        }
    }

    private static (string, bool) Opened((byte[] Text, bool Sealed) opened) =>
        (Encoding.UTF8.GetString(opened.Text), opened.Sealed);
}
