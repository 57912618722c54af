using Reverie.Configuration;
using Reverie.Replay;

namespace Reverie.Export;

/// <summary>What is known of an agent beside its parameters, and is told to whoever plays it.</summary>
/// <param name="Config">The run's configuration.</param>
/// <param name="Layout">What it sees and does.</param>
/// <param name="EnvSteps">Environment steps that it has learned from.</param>
/// <param name="ActionNames">What the entries of its actions do, where that is known.</param>
/// <param name="ActionLow">Numbers of the environment that −1 stands for, where that is known.</param>
/// <param name="ActionHigh">Numbers of the environment that 1 stands for, where that is known.</param>
internal sealed record AgentFacts(Config Config, EpisodeLayout Layout, long EnvSteps, IReadOnlyList<string> ActionNames,
    IReadOnlyList<float> ActionLow, IReadOnlyList<float> ActionHigh);
