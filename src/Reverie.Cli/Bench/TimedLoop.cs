namespace Reverie.Cli.Bench;

/// <summary>A loop that is timed here and in C.</summary>
/// <param name="Name">one of <see cref="EnvironmentMeasurement.Names"/></param>
/// <param name="Unit">physics steps, pictures or decisions that one round brings</param>
/// <param name="MostRounds">of one run</param>
/// <param name="Here">runs it for so many rounds</param>
/// <param name="Order">what the program in C is told to do as many; the number follows it</param>
internal sealed record TimedLoop(string Name, int Unit, int MostRounds, Func<int, LoopOutcome> Here, string Order);

/// <summary>One run of a loop.</summary>
/// <param name="Seconds">it took</param>
/// <param name="Check">a sum over what came out</param>
internal readonly record struct LoopOutcome(double Seconds, double Check);
