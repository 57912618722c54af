using System.Text.Json.Serialization;

namespace Reverie.Cli.Bench;

/// <summary>A generation of the evolution strategy.</summary>
/// <param name="What"><c>evolve</c></param>
/// <param name="Seconds">of a generation</param>
/// <param name="Parameters">that are searched for</param>
/// <param name="Population">candidates of a generation</param>
internal sealed record EvolutionMeasurement(string What, double Seconds, int Parameters, int Population)
    : Measurement(What, Seconds)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Remark => $"{Parameters} parameters, population {Population}";}
