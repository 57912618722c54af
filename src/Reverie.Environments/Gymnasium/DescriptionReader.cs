using System.Runtime.InteropServices;
using System.Text.Json;

namespace Reverie.Environments.Gymnasium;

/// <summary>Reads what a Python process says of its environment. It is somebody else's text: every part is looked at,
/// and what does not fit together is told.</summary>
/// <param name="who">Whom a fault is told of.</param>
internal sealed class DescriptionReader(string who)
{
    private const int MostChoices = 1 << 20;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The description.</summary>
    /// <exception cref="ReverieException">It is none.</exception>
    public GymnasiumDescription Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            var root = document.RootElement;
            Demand(root.ValueKind == JsonValueKind.Object, "it is no object");
            if (Maybe(root, "missing") is { } missing) return new() { Missing = missing };
            if (Maybe(root, "error") is { } error) return new() { Error = error };
            return Environment(root);
        }
        catch (JsonException fault)
        {
            throw Wrong(PlainText.Of(fault.Message));
        }
    }

    private GymnasiumDescription Environment(JsonElement root)
    {
        var (low, high) = Bounds(root);
        var read = new GymnasiumDescription
        {
            Origin = Maybe(root, "origin") ?? throw Wrong("origin is missing"),
            Pictures = [.. Items(root, "pictures").Select(Picture)],
            Rendered = Flag(root, "rendered"),
            NoPicture = Maybe(root, "no_picture"),
            Entries = [.. Items(root, "entries").Select(Entry)],
            Low = low,
            High = high,
            Action = Actions(Part(root, "action")),
            Masked = Flag(root, "masked"),
            Steps = Whole(Part(root, "steps"), "steps", 0, int.MaxValue),
            LeftOut = [.. Items(root, "left_out").Select(item => Text(item, "left_out"))],
        };
        var sum = read.Entries.Sum(entry => (long)entry.Size);
        Demand(sum == low.Length, $"entries are {sum} numbers, low and high {low.Length}");
        Demand(read.Action.HasChoices || !read.Masked, "it masks choices and has none");
        Demand(read.Pictures.Sum(one => 3L * one.Rows * one.Columns) <= SharedMemory.LargestPicture, "its pictures are too large");
        Demand(read.Pictures.Count > 0 || low.Length > 0, "it has neither a picture nor a vector");
        return read;
    }

    private GymnasiumPicture Picture(JsonElement part)
    {
        Demand(part.ValueKind == JsonValueKind.Array && part.GetArrayLength() == 3, "a picture is a name, rows and columns");
        var (rows, columns) = (Whole(part[1], "a picture's rows", 1, int.MaxValue), Whole(part[2], "its columns", 1, int.MaxValue));
        Demand(3L * rows * columns <= SharedMemory.LargestPicture && rows <= SharedMemory.LargestPicture,
            $"a picture of {rows} by {columns} is too large");
        return new(Plain(part[0], "a picture's name"), rows, columns);
    }

    private ObservationEntry Entry(JsonElement part)
    {
        Demand(part.ValueKind == JsonValueKind.Array && part.GetArrayLength() == 2, "an entry is a name and a size");
        return new(Plain(part[0], "an entry's name"),
            Whole(part[1], "an entry's size", 1, SharedMemory.LargestVector));
    }

    private GymnasiumActions Actions(JsonElement action)
    {
        Demand(action.ValueKind == JsonValueKind.Object, "action is no object");
        if (action.TryGetProperty("groups", out _))
        {
            GymnasiumActions[] groups = [.. Items(action, "groups").Select(Actions)];
            Demand(groups.Length > 0 && Array.TrueForAll(groups, group => group.Groups.Count == 0),
                "groups of actions are none, or have groups of their own");
            return new() { Groups = groups };
        }
        if (action.TryGetProperty("choices", out var choices))
            return new() { Choices = Whole(choices, "the number of choices", 1, MostChoices) };
        var (low, high) = Bounds(action);
        Demand(low.Length > 0, "an action has no numbers");
        return new() { Low = low, High = high };
    }

    private (float?[] Low, float?[] High) Bounds(JsonElement of)
    {
        float?[] low = [.. Items(of, "low").Select(Bound)], high = [.. Items(of, "high").Select(Bound)];
        Demand(low.Length == high.Length, $"low has {low.Length} numbers, high {high.Length}");
        Demand(low.Length <= SharedMemory.LargestVector,
            $"{low.Length} numbers are too many; {SharedMemory.LargestVector} at most");
        return (low, high);
    }

    private float? Bound(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        Demand(value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out var bound) && float.IsFinite(bound),
            "a bound is no finite number");
        return value.GetSingle();
    }

    private int Whole(JsonElement value, string name, int least, int most)
    {
        Demand(value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            && number >= least && number <= most, $"{name}: {Raw(value)} is not from {least} to {most}");
        return value.GetInt32();
    }

    private bool Flag(JsonElement of, string name) => Part(of, name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong($"{name} is neither true nor false"),
    };

    private JsonElement[] Items(JsonElement of, string name)
    {
        var list = Part(of, name);
        Demand(list.ValueKind == JsonValueKind.Array, $"{name} is no list");
        return [.. list.EnumerateArray()];
    }

    private JsonElement Part(JsonElement of, string name) =>
        of.TryGetProperty(name, out var part) ? part : throw Wrong($"{name} is missing");

    private string? Maybe(JsonElement of, string name) =>
        of.TryGetProperty(name, out var text) && text.ValueKind != JsonValueKind.Null ? Text(text, name) : null;

    // A name of a part has no slash.
    private string Plain(JsonElement value, string name) => Text(value, name).Replace('/', '.').Replace('\\', '.');

    // Half a surrogate pair, which JSON can write, is no text.
    private string Text(JsonElement value, string name)
    {
        Demand(value.ValueKind == JsonValueKind.String, $"{name} is no text");
        try
        {
            return PlainText.Of(value.GetString()!);
        }
        catch (InvalidOperationException)
        {
            throw Wrong($"{name} is no text: {Raw(value)}");
        }
    }

    private static string Raw(JsonElement value) => PlainText.Of(JsonMarshal.GetRawUtf8Value(value));

    private void Demand(bool sound, string fault)
    {
        if (!sound) throw Wrong(fault);
    }

    private EnvironmentException Wrong(string fault) => new($"{who}: its Python process describes no environment: {fault}");
}
