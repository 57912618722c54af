using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Reverie.Cli.Dashboard.Endpoints;

/// <summary>What requests are answered with: JSON in snake_case, numbers that are none as null.</summary>
internal static class Answer
{
    private static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new ShortNumber(), new ShorterNumber(),
        },
    };

    /// <summary>An answer to a request.</summary>
    public static IResult Json(object content) => Results.Text(Write(content), "application/json; charset=utf-8");

    /// <summary>The same as one line of text.</summary>
    public static string Write(object content) => JsonSerializer.Serialize(content, Style);

    // A pixel does not see the eighth figure, and the page is loaded faster without it.
    private sealed class ShortNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (!double.IsFinite(value))
                writer.WriteNullValue();
            else if (Math.Abs(value) < 1e15 && value == Math.Floor(value))
                writer.WriteNumberValue((long)value);
            else if (Math.Abs(value) is > 1e-30 and < 1e30)
                writer.WriteNumberValue((float)value);
            else
                writer.WriteNumberValue(value);
        }
    }

    private sealed class ShorterNumber : JsonConverter<float>
    {
        public override float Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.GetSingle();

        public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options)
        {
            if (float.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }
    }
}
