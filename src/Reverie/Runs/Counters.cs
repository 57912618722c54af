using System.Text.Json.Serialization;

namespace Reverie.Runs;

/// <summary>How far a run is. They count different things and are never mixed.</summary>
public sealed record Counters
{
    /// <summary>Steps of the simulator, action repeats counted: the axis of published curves.</summary>
    [JsonRequired]
    public long EnvSteps { get; init; }

    /// <summary>Actions chosen.</summary>
    [JsonRequired]
    public long Decisions { get; init; }

    /// <summary>Gradient updates of the model.</summary>
    [JsonRequired]
    public long Updates { get; init; }

    /// <summary>Episodes collected, the random ones included.</summary>
    [JsonRequired]
    public long Episodes { get; init; }

    /// <summary>Crashes of environments, those of evaluations included. What was played of an episode that one broke
    /// off is in no other counter, unless its rows are kept, as they are where learning goes on with episodes.</summary>
    [JsonRequired]
    public long Restarts { get; init; }

    /// <summary>Updates at the last evaluation.</summary>
    [JsonRequired]
    public long EvaluatedAt { get; init; }

    /// <summary>Updates at the last test.</summary>
    [JsonRequired]
    public long TestedAt { get; init; }

    /// <summary>Environment steps at the last test.</summary>
    [JsonRequired]
    public long TestedEnvSteps { get; init; }

    /// <summary>Wall-clock seconds worked on the run, earlier processes included.</summary>
    [JsonRequired]
    public double Seconds { get; init; }
}
