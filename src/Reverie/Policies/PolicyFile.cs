using System.Text.Json;
using System.Text.Json.Serialization;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch.IO;

namespace Reverie.Policies;

/// <summary>What an exported run says of its environment, which need not be there any more: <c>policy.json</c>.</summary>
internal sealed record PolicyFile
{
    /// <summary>Its name in the folder.</summary>
    public const string Name = "policy.json";

    private const int Newest = 1;

    /// <summary>Version of the format.</summary>
    [JsonRequired]
    public int Version { get; init; } = Newest;

    /// <summary>Height, width and channels of the picture; empty where there is none.</summary>
    public required IReadOnlyList<int> Picture { get; init; }

    /// <summary>Entries of the vector.</summary>
    public required int VectorSize { get; init; }

    /// <summary>Groups of the action: the number of choices, or of continuous entries less than zero.</summary>
    public required IReadOnlyList<int> Groups { get; init; }

    /// <summary>Whether rows say which choices are allowed.</summary>
    public bool IsMasked { get; init; }

    /// <summary>What the entries of actions do.</summary>
    public required IReadOnlyList<string> ActionNames { get; init; }

    /// <summary>Numbers that −1 stands for.</summary>
    public required IReadOnlyList<float> ActionLow { get; init; }

    /// <summary>Numbers that 1 stands for.</summary>
    public required IReadOnlyList<float> ActionHigh { get; init; }

    /// <summary>What it comes to.</summary>
    [JsonIgnore]
    public EpisodeLayout Layout
    {
        get
        {
            var groups = new ActionGroups(Groups) { IsMasked = IsMasked };
            return new(Picture.Count == 3 ? new ImageSpace(Picture[0], Picture[1], Picture[2]) : null, VectorSize, groups.Size,
                groups.IsOneHot) { Groups = groups };
        }
    }

    /// <summary>Reads the one of a folder; null where there is none.</summary>
    /// <exception cref="DataException">It is damaged, or of a later version.</exception>
    public static PolicyFile? Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!Path.Exists(path)) return null;
        try
        {
            var read = JsonSerializer.Deserialize<PolicyFile>(Seal.OpenJson(RegularFile.ReadAllBytes(path)).Text, Json)
                ?? throw new JsonException("it is empty");
            return read.Version <= Newest ? read : throw new DataException(
                $"{path}: version {read.Version} of the format, this program has {Newest}; it takes a newer program");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or InvalidDataException
            && error is not DataException)
        {
            throw new DataException($"{path}: cannot be read ({error.Message}); export the run again", error);
        }
    }

    /// <summary>Writes it into a folder.</summary>
    public void Write(string folder) => AtomicFile.Write(Path.Combine(folder, Name),
        stream => stream.Write(Seal.Json(JsonSerializer.SerializeToUtf8Bytes(this, Json))));

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };
}
