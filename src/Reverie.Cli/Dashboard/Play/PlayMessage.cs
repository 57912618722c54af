using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reverie.Cli.Dashboard.Play;

/// <summary>What the page asks of a dream.</summary>
internal sealed record PlayMessage
{
    /// <summary>Longest text that is one, in bytes.</summary>
    public const int Longest = 16384;

    private const double Slowest = 0.1, Fastest = 200, Coldest = 0.01, Hottest = 10;

    private static readonly string[] Verbs = ["reset", "act", "play", "pause", "step", "set"];

    private static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Begin anew, choose what is done, run, stand still, do one decision, change a setting.</summary>
    public required string Do { get; init; }

    /// <summary>Of a reset.</summary>
    public int? Seed { get; init; }

    /// <summary>What is done from now on.</summary>
    public float[]? Action { get; init; }

    /// <summary>τ.</summary>
    public double? Temperature { get; init; }

    /// <summary>Decisions a second.</summary>
    public double? Rate { get; init; }

    /// <summary>Whether the environment is shown beside the dream.</summary>
    public bool? Beside { get; init; }

    /// <summary>Whether the model sees the environment.</summary>
    public bool? Eyes { get; init; }

    /// <summary>Whether the agent is at the controls.</summary>
    public bool? Policy { get; init; }

    /// <summary>Reads one.</summary>
    /// <exception cref="ReverieException">It is none; the line says why.</exception>
    public static PlayMessage Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            return Checked(JsonSerializer.Deserialize<PlayMessage>(text, Style) ?? throw new JsonException("null"));
        }
        catch (JsonException fault)
        {
            throw new ReverieException($"the message cannot be read: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }

    private static PlayMessage Checked(PlayMessage message)
    {
        if (!Verbs.Contains(message.Do))
            throw new ReverieException($"do: '{message.Do}' is unknown; use {string.Join(", ", Verbs)}");
        if (message.Do == "act" && message.Action is null)
            throw new ReverieException("act needs an action");
        Within("seed", message.Seed, 0, int.MaxValue);
        Within("rate", message.Rate, Slowest, Fastest);
        Within("temperature", message.Temperature, Coldest, Hottest);
        return message;
    }

    private static void Within(string name, double? value, double low, double high)
    {
        if (value is { } given && !(given >= low && given <= high))
            throw new ReverieException(FormattableString.Invariant($"{name}: {given} is not between {low} and {high}"));
    }
}
