namespace Reverie.Environments;

/// <summary>What <see cref="EnvironmentChecker"/> saw of an environment under random actions.</summary>
/// <param name="ObservationSpace">What it shows.</param>
/// <param name="ActionSpace">What it takes.</param>
/// <param name="Findings">What is wrong, or may be, each thing once; empty where all is well.</param>
/// <param name="Measured">What was measured; null where it could not even be played.</param>
public sealed record EnvironmentReport(
    Space? ObservationSpace, Space? ActionSpace, IReadOnlyList<Finding> Findings, EnvironmentMeasures? Measured);

/// <summary>Figures of an environment under random actions.</summary>
/// <param name="Decisions">Actions that were taken.</param>
/// <param name="EnvSteps">Environment steps that they took.</param>
/// <param name="Episodes">Episodes that came to their end.</param>
/// <param name="Terminals">Those that truly terminated.</param>
/// <param name="Length">Decisions of an episode; null where none ended.</param>
/// <param name="Return">Sum of an episode's rewards; null where none ended.</param>
/// <param name="Reward">Reward of a decision.</param>
/// <param name="Picture">Bytes of the pictures, from 0 to 255; null where there are none.</param>
/// <param name="DecisionsPerSecond">One environment on one thread; from the median decision.</param>
public sealed record EnvironmentMeasures(int Decisions, int EnvSteps, int Episodes, int Terminals, Spread? Length,
    Spread? Return, Spread Reward, Spread? Picture, double DecisionsPerSecond);

/// <summary>The smallest, the mean and the largest of many numbers.</summary>
public sealed record Spread(double Least, double Mean, double Most);
