using Reverie.Environments.Games.Arcade;

namespace Reverie.Environments.Games;

/// <summary>The catalogue of games: small, without a simulator, with true terminations.</summary>
public static class GameTasks
{
    private static readonly (string Task, int Balls)[] Catalogue = [("catch", 10), ("catch_one", 1)];

    /// <summary>Makes the tasks known to the <see cref="EnvironmentRegistry"/>; calling it again changes nothing.</summary>
    public static void Register()
    {
        ArcadeTasks.Register();
        EnvironmentRegistry.Register(
            new TaskInfo
            {
                Task = "take_cover",
                Domain = "games",
                ObservationSpace = new MixedSpace(new ImageSpace(), TakeCoverGame.Vector),
                ActionSpace = TakeCoverGame.Move,
                EpisodeSteps = TakeCoverGame.EpisodeSteps,
                Observations = TakeCoverGame.Observations,
                Scale = new(124, TakeCoverGame.EpisodeSteps,
                    "take_cover: random actions measured here (200 episodes), and its longest episode"),
            },
            (_, seed) => new TakeCoverGame(seed));
        foreach (var (task, balls) in Catalogue)
            EnvironmentRegistry.Register(
                new TaskInfo
                {
                    Task = task,
                    Domain = "games",
                    ObservationSpace = new MixedSpace(new ImageSpace(), CatchGame.Vector),
                    ActionSpace = CatchGame.Choices,
                    ActionNames = ["left", "stay", "right"],
                    EpisodeSteps = CatchGame.EpisodeSteps(balls),
                    Observations = CatchGame.Observations,
                    Scale = new(-0.79 * balls, balls, "catch: random actions measured here (200 episodes), and every ball caught"),
                },
                (_, seed) => new CatchGame(balls, seed));
    }
}
