using System.Text.Json;
using System.Text.Json.Serialization;
using Reverie.Replay.Data;
using Reverie.Runs;
using Reverie.Torch.IO;

namespace Reverie.Training;

/// <summary>What a run learns from that plays nothing. It is kept in the run's directory, so that the run goes on as it
/// began.</summary>
/// <param name="Directory">The folder of episodes.</param>
/// <param name="Pairing">Which action stands on a row there.</param>
/// <param name="Updates">Updates after which the run ends; 0 for as many as a run would have made that had collected
/// the episodes itself.</param>
public sealed record OfflineSource(string Directory, ActionPairing Pairing = ActionPairing.Auto, long Updates = 0)
{
    private const string FileName = "offline.json";

    private static readonly JsonSerializerOptions Style = new()
    {
        WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>What a run directory was begun with; null where it is no such run.</summary>
    /// <exception cref="ReverieException">The file is damaged.</exception>
    public static OfflineSource? Of(string run)
    {
        var path = Path.Combine(run, FileName);
        if (!Path.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<OfflineSource>(Seal.OpenJson(RegularFile.ReadAllBytes(path)).Text, Style);
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or IOException
            or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read ({error.Message}); put it back, or choose another --run",
                error);
        }
    }

    /// <summary>Complains of a run that learns from something else. It may end after another number of updates, and
    /// nothing else may change.</summary>
    /// <exception cref="ReverieException">The run learns from something else.</exception>
    internal void DemandSame(RunDirectory run)
    {
        if (run.Restarts)
            return;
        var before = Of(run.Path);
        if (before is null ? System.IO.Directory.Exists(run.Checkpoints) : before with { Updates = Updates } != this)
            throw new ConfigurationException($"{run.Path}: this run learns from {before?.Directory ?? "what it plays"}; "
                + "repeat its options or choose another --run");
    }

    /// <summary>Keeps it in the directory of the run.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    internal void KeepIn(RunDirectory run) => AtomicFile.Write(Path.Combine(run.Path, FileName),
        stream => stream.Write(Seal.Json(JsonSerializer.SerializeToUtf8Bytes(this, Style))));
}
