namespace Reverie.Environments;

/// <summary>What somebody reports that an agent reached on a task.</summary>
/// <param name="Agent">As its authors call it.</param>
/// <param name="Score">Mean return of an episode.</param>
/// <param name="Deviation">Standard deviation over seeds, unless the source says over what; null where it is not
/// given.</param>
/// <param name="EnvSteps">Environment steps it learned from; 0 where it learned from none, or nobody says.</param>
/// <param name="Input">What it saw: pixels or state.</param>
/// <param name="Source">Who reports it, and where.</param>
public sealed record PublishedScore(
    string Agent, double Score, double? Deviation, long EnvSteps, string Input, string Source);
