using System.Text;
using System.Text.Json;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>JSON of a file that somebody else may have written: no key twice, no depth without end, and every text in
/// it can be shown.</summary>
internal static class StrictJson
{
    private const int Deepest = 32;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = Deepest };
    private const char Mark = '\ufeff';    // of editors that begin a text with one

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a file; bytes that are none stand in it as U+FFFD.</summary>
    public static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes).TrimStart(Mark);

    /// <summary>Reads an object.</summary>
    /// <exception cref="InvalidDataException">It is none, in words.</exception>
    public static JsonElement Read(byte[] bytes)
    {
        var value = Parsed(() =>
        {
            using var document = JsonDocument.Parse(Utf8.GetString(bytes).TrimStart(Mark), Strict);
            Demand(document.RootElement);
            return document.RootElement.Clone();
        });
        return value.ValueKind == JsonValueKind.Object ? value : throw new InvalidDataException("holds no object");
    }

    /// <summary>What reading JSON throws, as one kind.</summary>
    /// <exception cref="InvalidDataException">It could not be read, in words.</exception>
    public static T Parsed<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        // The reader says so of texts that are half of a pair, and the decoder of bytes that are no text.
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException(fault.Message.ReplaceLineEndings(" "), fault);
        }
    }

    private static void Demand(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            _ = value.GetString();
        else if (value.ValueKind == JsonValueKind.Array)
            foreach (var one in value.EnumerateArray())
                Demand(one);
        else if (value.ValueKind == JsonValueKind.Object)
            foreach (var one in value.EnumerateObject())
            {
                _ = one.Name;
                Demand(one.Value);
            }
    }
}
