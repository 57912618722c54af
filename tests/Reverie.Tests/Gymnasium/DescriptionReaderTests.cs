using System.Text;
using System.Text.Json;
using Reverie.Environments;
using Reverie.Environments.Gymnasium;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Gymnasium;

/// <summary>The first line of a Python process, as it should be and as it should not.</summary>
public sealed class DescriptionReaderTests
{
    private const string Sound = """
        {"origin": "gymnasium 1.0.0, X-v0, Python 3.11.2", "pictures": [["image", 96, 128]], "rendered": false, "no_picture": null,
        "entries": [["speed", 2], ["gear", 1]], "low": [-1, null, 0], "high": [1.5, null, 1], "steps": 500,
        "action": {"low": [-1.0], "high": [2]}, "masked": false, "left_out": ["mission"]}
        """;

    private static readonly string?[] Odd =
    [
        "null", "true", "-1", "0", "1e400", "1.5", "3000000000", "\"\"", "\"\\ud800\"", "[]", "{}", "[null]", "[[]]",
        "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", "[30000, 30000]", "[1, 2, 3]", "\"word\"", "[\"a\", 1]", null,
    ];

    [Fact]
    public void ASoundOneSaysWhatThereIs()
    {
        var read = GymnasiumDescription.From(Encoding.UTF8.GetBytes(Sound), "gym:X-v0");
        Assert.Equal("Image[96, 128, 3] and Box[3]", $"{read.Observation}");
        Assert.Equal(new BoxSpace([-1, float.NegativeInfinity, 0], [1.5f, float.PositiveInfinity, 1]), read.Vector);
        Assert.Equal(new BoxSpace([-1], [2]), read.Actions);
        Assert.Equal([new ObservationEntry("speed", 2), new ObservationEntry("gear", 1)], read.Entries);
        Assert.Equal((500, "mission"), (read.Steps, Assert.Single(read.LeftOut)));
    }

    [Theory]
    [InlineData("steps", "-1", "steps: -1 is not from 0 to 2147483647")]
    [InlineData("pictures", "[[\"a\", 30000, 30000]]", "a picture of 30000 by 30000 is too large")]
    [InlineData("pictures", "[[\"a\", 2147483647, 2147483647]]", "is too large")]
    [InlineData("pictures", "[[\"a\", 8000, 8000], [\"b\", 8000, 8000]]", "its pictures are too large")]
    [InlineData("pictures", "[[64, 64]]", "a picture is a name, rows and columns")]
    [InlineData("low", "[-1, 0]", "low has 2 numbers, high 3")]
    [InlineData("low", "[-1, 1e39, 0]", "a bound is no finite number")]
    [InlineData("entries", "[[\"speed\", 2]]", "entries are 2 numbers, low and high 3")]
    [InlineData("entries", "[[\"speed\", 2, 1]]", "an entry is a name and a size")]
    [InlineData("action", "{\"choices\": 0}", "the number of choices: 0 is not from 1")]
    [InlineData("action", "{\"low\": [], \"high\": []}", "an action has no numbers")]
    [InlineData("masked", "true", "it masks choices and has none")]
    [InlineData("error", "\"half \\ud800 a pair\"", "error is no text")]
    [InlineData("rendered", "1", "rendered is neither true nor false")]
    public void WhatDoesNotFitTogetherIsToldInALine(string key, string value, string why)
    {
        var parts = Parts();
        parts[key] = value;
        Assert.Contains(why, Fault(Line(parts)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Hello from sitecustomize")]
    [InlineData("[]")]
    [InlineData("{\"error\": \"a\", \"error\": \"b\"}")]
    [InlineData("{\"picture\": [64, 64], \"low\"")]
    public void WhatIsNoDescriptionIsToldInALine(string line) =>
        Assert.StartsWith("gym:X-v0: its Python process describes no environment: ",
            Fault(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void NothingThatCouldComeIsAnythingButADescriptionOrALine() => Fuzz(4000, seed: 1);

    [LongFact]
    [Trait("Length", "long")]
    public void NothingIsAnythingButADescriptionOrALineHoweverOften() => Fuzz(400_000, seed: 2);

    private static void Fuzz(int cases, int seed)
    {
        var random = new Random(seed);
        var sound = 0;
        for (var n = 0; n < cases; n++)
        {
            var line = n % 2 == 0 ? Damaged(random) : Odder(random);
            if (Fault(line) is null) sound++;
        }
        Assert.InRange(sound, cases / 100, cases * 9 / 10);     // both kinds are tried
    }

    // Null for one that can be read, of which all that is asked later must then be there.
    private static string? Fault(byte[] line)
    {
        try
        {
            var read = GymnasiumDescription.From(line, "gym:X-v0");
            if (read.Missing is not null || read.Error is not null) return null;
            Assert.NotNull(read.Observation);
            Assert.NotNull(read.Actions);
            Assert.Equal(read.Low.Length, read.Entries.Sum(entry => entry.Size));
            return null;
        }
        catch (ReverieException fault)
        {
            Assert.True(fault.Message.Length < 900 && !fault.Message.Any(char.IsControl), fault.Message);
            return fault.Message;
        }
    }

    private static byte[] Damaged(Random random)
    {
        var line = Encoding.UTF8.GetBytes(Sound);
        for (var change = random.Next(1, 4); change > 0; change--)
            line[random.Next(line.Length)] =
                random.Next(2) == 0 ? (byte)random.Next(256) : "[]{},:\"\\0"u8[random.Next(9)];
        return random.Next(4) == 0 ? line[..random.Next(line.Length)] : line;
    }

    private static byte[] Odder(Random random)
    {
        var parts = Parts();
        for (var change = random.Next(1, 3); change > 0; change--)
        {
            var key = parts.ElementAt(random.Next(parts.Count)).Key;
            var odd = Odd[random.Next(Odd.Length)];
            if (odd is null) parts.Remove(key);
            else parts[key] = random.Next(2) == 0 ? OneReplaced(parts[key], odd, random) : odd;
        }
        return Line(parts);
    }

    private static string OneReplaced(string list, string odd, Random random)
    {
        using var document = JsonDocument.Parse(list);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() == 0) return odd;
        string[] items = [.. root.EnumerateArray().Select(item => item.GetRawText())];
        items[random.Next(items.Length)] = odd;
        return $"[{string.Join(", ", items)}]";
    }

    private static Dictionary<string, string> Parts()
    {
        using var document = JsonDocument.Parse(Sound);
        return document.RootElement.EnumerateObject().ToDictionary(part => part.Name, part => part.Value.GetRawText());
    }

    private static byte[] Line(Dictionary<string, string> parts) => Encoding.UTF8.GetBytes(
        $"{{{string.Join(", ", parts.Select(part => $"\"{part.Key}\": {part.Value}"))}}}");
}
