namespace Reverie.Cli.Bench;

/// <summary>A loop that is timed here and in C.</summary>
/// <param name="Name">one of <see cref="EnvironmentMeasurement.Names"/></param>
/// <param name="Here">runs it once</param>
/// <param name="Order">what the program in C is told to do the same; null where it cannot</param>
internal sealed record TimedLoop(string Name, Func<LoopOutcome> Here, string? Order);

/// <summary>One run of a loop.</summary>
/// <param name="Seconds">it took</param>
/// <param name="Check">a sum over what came out</param>
internal readonly record struct LoopOutcome(double Seconds, double Check);
