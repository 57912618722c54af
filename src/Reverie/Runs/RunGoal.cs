namespace Reverie.Runs;

/// <summary>A count with which a run is over.</summary>
/// <param name="Counter"><c>env_steps</c> or <c>updates</c>, as measurements call them.</param>
/// <param name="Total">What it comes to.</param>
/// <param name="EvenFrom">From so many updates on it rises evenly to the end, so that its rate tells the time left; null
/// while work of another pace is still to come.</param>
public sealed record RunGoal(string Counter, long Total, long? EvenFrom = null)
{
    /// <summary>Name of a counter.</summary>
    public const string EnvSteps = "env_steps", Updates = "updates";
}
