using System.Collections.ObjectModel;

namespace Reverie.Logging;

/// <summary>One measurement of a run: what kind it is, where the run stood, and named numbers. Immutable.</summary>
public sealed record MetricRecord
{
    private static readonly IReadOnlyDictionary<string, double> None
        = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>What a test is called in <see cref="Kind"/>: episodes without exploration, as many as
    /// <c>training.test_episodes</c>, of which one's results are told.</summary>
    public const string Test = "test";

    /// <summary>The names that the counters have in the file; no value may take them.</summary>
    internal static readonly string[] Reserved = ["kind", "env_steps", "decisions", "updates", "episodes", "seconds"];

    /// <summary>What was measured: <c>update</c>, <c>episode</c>, <c>evaluation</c>, <c>test</c>, <c>run</c> or another.</summary>
    public required string Kind { get; init; }

    /// <summary>Steps of the simulator so far, action repeats counted.</summary>
    public long EnvSteps { get; init; }

    /// <summary>Actions chosen so far: environment steps divided by the action repeat.</summary>
    public long Decisions { get; init; }

    /// <summary>Gradient updates of the model so far.</summary>
    public long Updates { get; init; }

    /// <summary>Training episodes finished so far.</summary>
    public long Episodes { get; init; }

    /// <summary>Wall-clock seconds that the run has been worked on, earlier processes included.</summary>
    public double Seconds { get; init; }

    /// <summary>The numbers by name, in the order given; copied, so later changes do not reach the record.</summary>
    /// <remarks>An evaluation's <c>return</c> is the mean over its episodes; the spread stands beside it as
    /// <c>return_std</c>, <c>return_min</c> and <c>return_max</c>.</remarks>
    /// <exception cref="ArgumentException">A name is empty or the name of a counter.</exception>
    public IReadOnlyDictionary<string, double> Values
    {
        get;
        init
        {
            foreach (string name in value.Keys)
                if (name.Length == 0 || Reserved.Contains(name))
                    throw new ArgumentException($"a metric cannot be called '{name}'", nameof(value));
            field = new ReadOnlyDictionary<string, double>(new OrderedDictionary<string, double>(value));
        }
    } = None;
}
