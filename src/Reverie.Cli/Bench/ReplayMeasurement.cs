using System.Text.Json.Serialization;

namespace Reverie.Cli.Bench;

/// <summary>What a batch takes from the replay to the network, alone.</summary>
/// <param name="What"><c>replay</c></param>
/// <param name="Seconds">of a batch, all three together</param>
/// <param name="BatchSize">B</param>
/// <param name="ChunkLength">L</param>
/// <param name="EpisodesInMemory">that it was drawn from</param>
/// <param name="ReplayBytes">of them in memory</param>
/// <param name="SampleSeconds">to draw chunks and to gather their rows</param>
/// <param name="CopySeconds">to bring them to the device</param>
/// <param name="ConvertSeconds">from bytes to numbers in the type of the network</param>
internal sealed record ReplayMeasurement(string What, double Seconds, int BatchSize, int ChunkLength,
    int EpisodesInMemory, long ReplayBytes, double SampleSeconds, double CopySeconds, double ConvertSeconds)
    : Measurement(What, Seconds)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Remark => FormattableString.Invariant(
        $"B {BatchSize}, L {ChunkLength}: ms to sample {1e3 * SampleSeconds:0.0}, copy {1e3 * CopySeconds:0.0}, ")
        + FormattableString.Invariant($"convert {1e3 * ConvertSeconds:0.0}");}
