using System.Text.Json;
using Reverie.Training;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What the newest checkpoint of a run says of it, as far as the page wants to know.</summary>
/// <param name="LogPosition">Length of the log when it was made.</param>
/// <param name="Done">Whether the run was over; null where its version did not say.</param>
/// <param name="Goals">What the run is over with; null where its version did not say.</param>
internal sealed record SavedState(long LogPosition, bool? Done = null, IReadOnlyList<RunGoal>? Goals = null)
{
    private static readonly JsonSerializerOptions Style =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Of a run without a checkpoint.</summary>
    public static SavedState None { get; } = new(0);

    /// <summary>Reads <c>state.json</c>; one that is damaged or gone says nothing.</summary>
    public static SavedState Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<SavedState>(File.ReadAllBytes(path), Style) ?? None;
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            return None;
        }
    }
}
