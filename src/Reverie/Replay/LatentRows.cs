using System.Text.Json.Serialization;
using Reverie.Torch;

namespace Reverie.Replay;

/// <summary>What the latent of one row is made of, where a replay keeps latents beside its rows.</summary>
/// <param name="DeterSize">Entries of the deterministic part, D.</param>
/// <param name="Variables">Variables of the stochastic part, V; each is one of <paramref name="Classes"/>.</param>
/// <param name="Classes">Classes of a variable, at most 65536.</param>
/// <param name="Type">What the agent computes the deterministic part in: <see cref="DType.BFloat16"/> is kept in two
/// bytes, everything else as float32.</param>
/// <param name="HasPriority">Whether four bytes more say how much was to be learned of the chunk after the row, where the replay
/// draws by that.</param>
public sealed record LatentRows(int DeterSize, int Variables, int Classes,
    [property: JsonConverter(typeof(JsonStringEnumConverter<DType>))] DType Type, bool HasPriority = false)
{
    /// <summary>Those of an agent that has none: no bytes a row.</summary>
    public static LatentRows None { get; } = new(0, 0, 1, DType.Float32);

    /// <summary>Bytes of a row: the deterministic part in its type, one byte a variable, two where there are more than
    /// 256 classes, and the priority.</summary>
    [JsonIgnore]
    public int BytesPerRow => DeterBytes + Variables * (IsByte ? sizeof(byte) : sizeof(ushort))
        + (HasPriority ? sizeof(float) : 0);

    /// <inheritdoc/>
    public override string ToString() => $"{DeterSize} + {Variables} of {Classes} in {Type}{(HasPriority ? ", with a priority" : "")}";

    /// <summary>Whether another is the same but for its type.</summary>
    internal bool Fits(LatentRows other) => this with { Type = other.Type } == other;

    internal int DeterBytes => DeterSize * (IsShort ? sizeof(ushort) : sizeof(float));

    internal bool IsShort => Type == DType.BFloat16;

    internal bool IsByte => Classes <= 1 << 8;
}
