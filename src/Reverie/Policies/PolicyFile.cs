using System.Text.Json;
using System.Text.Json.Serialization;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Torch.IO;

namespace Reverie.Policies;

/// <summary>What an exported run says of its environment, which need not be there any more: <c>policy.json</c>.</summary>
internal sealed record PolicyFile
{
    /// <summary>Its name in the folder.</summary>
    public const string Name = RunEntries.PolicyFile;

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

    // What no export has ever written.
    [JsonIgnore]
    private string? Fault =>
        Picture.Count is not (0 or 3) || Picture.Any(size => size < 1) ? "picture is not height, width and channels"
        : VectorSize is < 0 or > SpaceRule.MostEntries ? $"vector_size is {VectorSize}"
        : Groups.Count == 0 || Groups.Any(size => size == 0 || Math.Abs((long)size) > SpaceRule.MostEntries)
            || Groups.Sum(size => Math.Abs((long)size)) > SpaceRule.MostEntries ? "groups are none of an action"
        : ActionNames.Any(name => name is null) ? "a name of its actions is null"
        : new[] { ActionNames.Count, ActionLow.Count, ActionHigh.Count }.Any(count => count > 0 && count != Layout.ActionSize)
            ? $"names or bounds are not those of {Layout.ActionSize} entries of an action"
        : SpaceRule.FaultsOf(Layout.Image is { } image ? image : BoxSpace.Uniform(1, -1, 1), BoxSpace.Uniform(1, -1, 1)).FirstOrDefault();

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
            if (read.Version > Newest) throw new DataException(
                $"{path}: version {read.Version} of the format, this program has {Newest}; it takes a newer program");
            return read.Fault is { } fault ? throw new InvalidDataException(fault) : read;
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
