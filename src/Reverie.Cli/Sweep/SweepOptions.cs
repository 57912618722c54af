namespace Reverie.Cli.Sweep;

/// <summary>How a sweep is worked through.</summary>
/// <param name="Jobs">runs at once</param>
/// <param name="Hours">after which no run goes on; infinite for no end</param>
/// <param name="Record">file that a line is appended to for each finished run; null for none</param>
/// <param name="Ranks">processes that learn each run together, and seconds that one may be silent; null for one alone</param>
internal sealed record SweepOptions(int Jobs, double Hours = double.PositiveInfinity, string? Record = null,
    (int Count, TimeSpan Silence)? Ranks = null)
{
    /// <summary>How many processes learn each run together.</summary>
    public int Together => Ranks?.Count ?? 1;

    /// <summary>The words that say so, after those of a command.</summary>
    public IReadOnlyList<string> RankWords => Ranks is var (count, silence)
        ? ["--ranks", $"{count}", "--rank-timeout", $"{silence.TotalSeconds:0}"] : [];
}
