namespace Reverie.Environments;

/// <summary>Which of the published scores of a task stand beside one's own runs.</summary>
public static class PublishedScoreChoice
{
    /// <summary>The agents that this program has, as their papers call them.</summary>
    public static IReadOnlyList<string> Own { get; } =
        ["World Models", "PlaNet", "Dreamer", "DreamerV2", "DreamerV3", "D4PG", "A3C", "CURL"];

    private static readonly double SameSteps = Math.Log(1.1);

    /// <summary>One score an agent: the one whose environment steps are nearest, in their ratio.</summary>
    /// <param name="task">The task.</param>
    /// <param name="wish"><c>own</c>: the agents that this program has; <c>all</c>; <c>none</c>; or agents with commas
    /// between.</param>
    /// <param name="envSteps">What one's own runs have learned from.</param>
    /// <exception cref="ReverieException">An agent was named for which the task has no score.</exception>
    public static IReadOnlyList<PublishedScore> Of(TaskInfo task, string wish, long envSteps)
    {
        return [.. Agents(task, wish).Select(agent => task.PublishedScores.Where(score => score.Agent == agent)
            .MinBy(score => Distance(score.EnvSteps, envSteps))!)];
    }

    /// <summary>The scores at the same environment steps, within a tenth: what else is reported is no comparison. An agent has
    /// as many as there are sources. Where nobody says of any score of the task at how many it was, all stand there.</summary>
    /// <inheritdoc cref="Of"/>
    public static IReadOnlyList<PublishedScore> At(TaskInfo task, string wish, long envSteps)
    {
        var nobodySays = task.PublishedScores.All(score => score.EnvSteps == 0);
        return [.. Agents(task, wish).SelectMany(agent => task.PublishedScores.Where(score => score.Agent == agent
            && (nobodySays || Distance(score.EnvSteps, envSteps) <= SameSteps)))];
    }

    private static IEnumerable<string> Agents(TaskInfo task, string wish)
    {
        string[] named = [.. wish.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        string[] there = [.. task.PublishedScores.Select(score => score.Agent).Distinct()];
        return wish switch
        {
            "none" => [],
            "all" => there,
            "own" => there.Intersect(Own),
            _ => named.Select(name => there.FirstOrDefault(
                agent => string.Equals(agent, name, StringComparison.OrdinalIgnoreCase)) ?? throw Unknown(name)),
        };

        ConfigurationException Unknown(string name) => new(there.Length == 0
            ? $"task {task.Task} has no published scores"
            : $"task {task.Task} has no published score of '{name}'; there are {string.Join(", ", there)}");
    }

    // A score whose steps nobody gives is the last to be taken.
    private static double Distance(long steps, long wanted) => steps <= 0 ? double.MaxValue
        : Math.Abs(Math.Log((double)steps / Math.Max(1, wanted)));
}
