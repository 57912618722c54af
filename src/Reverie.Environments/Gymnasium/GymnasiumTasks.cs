using Microsoft.Extensions.Logging;
using Reverie.Configuration;

namespace Reverie.Environments.Gymnasium;

/// <summary>The tasks <c>gym:ID</c> and <c>gym:MODULE:ID</c>: any Gymnasium environment, in a Python process of its
/// own.</summary>
/// <remarks>The Python is the one that <see cref="PythonProgram.Variable"/> names, or else the first usual one that has
/// Gymnasium.</remarks>
public static class GymnasiumTasks
{
    /// <summary>What the names begin with.</summary>
    public const string Prefix = "gym:";

    /// <summary>Told, in a line, of what cannot be seen; standard error unless set.</summary>
    public static ILogger Logger { get; set; } = new LineLogger(line => Console.Error.WriteLine(line));

    /// <summary>Makes them known to the <see cref="EnvironmentRegistry"/>.</summary>
    public static void Register() => EnvironmentRegistry.RegisterFamily(Prefix, Of);

    private static (TaskInfo, Func<EnvironmentConfig, int, IEnvironment>) Of(string task)
    {
        var id = task[Prefix.Length..];
        if (id.Length == 0)
            throw new ConfigurationException("gym: names no environment; write gym:CartPole-v1, or gym:MODULE:ID");
        GymnasiumDescription seen;
        using (var child = GymnasiumChild.Start(id, TimeSpan.FromSeconds(new EnvironmentConfig().Timeout)))
            seen = child.Description;
        if (seen.LeftOut.Count > 0)
            Logger.LogWarning("{Task}: not shown to the agent: {Entries}", task, string.Join(", ", seen.LeftOut));
        if (seen.NoPicture is { } why)
            Logger.LogWarning("{Task}: it shows a vector and no pictures: {Reason}", task, why);
        var info = new TaskInfo
        {
            Task = task,
            Domain = "gymnasium",
            ObservationSpace = seen.Observation,
            ActionSpace = seen.Actions,
            EpisodeSteps = seen.Steps,
            Observations = seen.Entries,
            Origin = seen.Origin,
        };
        return (info, (config, seed) => seen.Rendered && seen.Image is not null
            ? new RenderedGymnasiumEnvironment(id, config, seed)
            : new GymnasiumEnvironment(id, config, seed));
    }
}
