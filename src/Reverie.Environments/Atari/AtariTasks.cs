using System.Text.Json;
using Reverie.Configuration;
using Reverie.Environments.Gymnasium;

namespace Reverie.Environments.Atari;

/// <summary>The tasks <c>atari:GAME</c>, with the choices that do something in that game, and <c>atari:GAME_full</c>, with
/// all eighteen: games of the Arcade Learning Environment in a Python that has ale-py, as
/// <see cref="GymnasiumTasks">any other of Gymnasium</see>.</summary>
public static class AtariTasks
{
    /// <summary>What the names begin with.</summary>
    public const string Prefix = "atari:";

    /// <summary>Frames after which an episode is broken off: half an hour of the game.</summary>
    public const int EpisodeFrames = 108_000;

    private const string Full = "_full", Module = "ale_py";
    private const int Repeat = 4, AllChoices = 18;

    /// <summary>Makes them and their settings known to the <see cref="EnvironmentRegistry"/>; calling it again changes
    /// nothing.</summary>
    public static void Register()
    {
        Settings.Declare<AtariSettings>();
        EnvironmentRegistry.RegisterFamily(Prefix, Of, Known);
    }

    private static (TaskInfo, Func<EnvironmentConfig, int, IEnvironment>) Of(string task)
    {
        var game = GameOf(task) ?? throw new ConfigurationException(
            $"there is no task '{task}'{NearestName.Hint(task, [.. AtariGames.All.Keys.Select(name => Prefix + name)])} "
            + $"({Prefix} and one of the 57 games, in small letters with _ between words, and perhaps {Full})");
        var id = $"{Module}:ALE/{game.Rom}-v5";
        GymnasiumDescription seen;
        using (var child = Started(task, id)) seen = child.Description;
        var info = Info(task, game) with
        {
            ObservationSpace = seen.Observation, ActionSpace = seen.Actions, Origin = seen.Origin,
        };
        return (info, (config, seed) =>
        {
            var own = config.Of<AtariSettings>();
            return new AtariEnvironment(new GymnasiumEnvironment(id, config, seed, Options(task, own)), own, seed);
        });
    }

    private static TaskInfo? Known(string task) => GameOf(task) is { } game ? Info(task, game) : null;

    private static AtariGame? GameOf(string task)
    {
        var name = task[Prefix.Length..];
        return AtariGames.All.GetValueOrDefault(IsFull(task) ? name[..^Full.Length] : name);
    }

    private static bool IsFull(string task) => task.EndsWith(Full, StringComparison.Ordinal);

    private static TaskInfo Info(string task, AtariGame game) => new()
    {
        Task = task, Domain = "atari", EpisodeSteps = EpisodeFrames, ActionRepeat = Repeat,
        ObservationSpace = new ImageSpace(210, 160), ActionSpace = new DiscreteSpace(AllChoices),
        Scale = game.Scale, PublishedScores = game.Scores,
    };

    private static GymnasiumChild Started(string task, string id)
    {
        try
        {
            return GymnasiumChild.Start(
                id, TimeSpan.FromSeconds(new EnvironmentConfig().Timeout), Options(task, new AtariSettings()));
        }
        catch (EnvironmentException fault) when (fault.Message.Contains($"No module named '{Module}'", StringComparison.Ordinal))
        {
            throw new EnvironmentException($"{task}: the Python here has no {Module}; pip install ale-py gymnasium, or set "
                + $"{PythonProgram.Variable} to a Python that has both", fault);
        }
    }

    // Frames one by one, so that what is done to several stands here; and no limit of the emulator's own, which would count
    // what goes before an episode.
    private static string Options(string task, AtariSettings own) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["frameskip"] = 1, ["repeat_action_probability"] = own.AtariSticky, ["full_action_space"] = IsFull(task),
        ["max_num_frames_per_episode"] = null,
    });
}
