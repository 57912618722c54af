using System.Text.Json.Serialization;
using Reverie.Torch;

namespace Reverie.Replay;

/// <summary>What the latent of one row is made of, where a replay keeps latents beside its rows.</summary>
/// <param name="DeterSize">Entries of the deterministic part, D.</param>
/// <param name="Variables">Variables of the stochastic part, V; each is one of <paramref name="Classes"/>.</param>
/// <param name="Classes">Classes of a variable, at most 65536.</param>
/// <param name="Type">What the agent computes the deterministic part in: <see cref="DType.BFloat16"/> is kept in two
/// bytes, everything else as float32.</param>
public sealed record LatentRows(int DeterSize, int Variables, int Classes,
    [property: JsonConverter(typeof(JsonStringEnumConverter<DType>))] DType Type)
{
    /// <summary>Bytes of a row: the deterministic part in its type, and one byte a variable, two where there are more than
    /// 256 classes.</summary>
    [JsonIgnore]
    public int BytesPerRow => DeterBytes + Variables * (IsByte ? sizeof(byte) : sizeof(ushort));

    /// <inheritdoc/>
    public override string ToString() => $"{DeterSize} + {Variables} of {Classes} in {Type}";

    /// <summary>Whether another is the same but for its type.</summary>
    internal bool Fits(LatentRows other) => this with { Type = other.Type } == other;

    internal int DeterBytes => DeterSize * (IsShort ? sizeof(ushort) : sizeof(float));

    internal bool IsShort => Type == DType.BFloat16;

    internal bool IsByte => Classes <= 1 << 8;
}
