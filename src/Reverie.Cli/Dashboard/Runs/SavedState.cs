using System.Text.Json;
using Reverie.Runs;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What the newest checkpoint of a run says of it, as far as the page wants to know.</summary>
/// <param name="LogPosition">Length of the log when it was made.</param>
/// <param name="Done">Whether the run was over; null where its version did not say.</param>
/// <param name="Goals">What the run is over with; null where its version did not say.</param>
internal sealed record SavedState(long LogPosition, bool? Done = null, IReadOnlyList<RunGoal>? Goals = null)
{
    private static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Of a run without a checkpoint.</summary>
    public static SavedState None { get; } = new(0);

    /// <summary>Reads the bytes of a <c>state.json</c>.</summary>
    /// <exception cref="InvalidDataException">It is damaged, in words.</exception>
    public static SavedState Parse(byte[] bytes)
    {
        var text = StrictJson.Read(bytes);
        var state = StrictJson.Parsed(() => text.Deserialize<SavedState>(Style)!);
        if (state.LogPosition < 0)
            throw new InvalidDataException($"log_position is {state.LogPosition}");
        foreach (var goal in state.Goals ?? [])
            if (goal is not { Counter: RunGoal.EnvSteps or RunGoal.Updates, Total: >= 0 })
                throw new InvalidDataException($"one of its goals is none: {goal?.ToString() ?? "null"}");
        return state;
    }
}
