using Reverie.Configuration;

namespace Reverie.Environments.Games.Arcade;

/// <summary>The five games, each with the moves that do something in it (<c>mini_breakout</c>), and where these are not all,
/// with all six (<c>mini_breakout_full</c>).</summary>
internal static class ArcadeTasks
{
    private delegate ArcadeGame Maker(ArcadeSettings settings, IReadOnlyList<ArcadeMove> moves, int seed);

    private static readonly (string Name, IReadOnlyList<ArcadePlane> Planes, IReadOnlyList<ArcadeMove> Minimal, int Steps, Maker Make)[] Games =
    [
        ("asterix", AsterixGame.Things, AsterixGame.Minimal, ArcadeGame.EpisodeSteps, (all, moves, seed) => new AsterixGame(all, moves, seed)),
        ("breakout", BreakoutGame.Things, BreakoutGame.Minimal, ArcadeGame.EpisodeSteps, (all, moves, seed) => new BreakoutGame(all, moves, seed)),
        ("freeway", FreewayGame.Things, FreewayGame.Minimal, FreewayGame.Time + 1, (all, moves, seed) => new FreewayGame(all, moves, seed)),
        ("seaquest", SeaquestGame.Things, SeaquestGame.Minimal, ArcadeGame.EpisodeSteps, (all, moves, seed) => new SeaquestGame(all, moves, seed)),
        ("space_invaders", SpaceInvadersGame.Things, SpaceInvadersGame.Minimal, ArcadeGame.EpisodeSteps,
            (all, moves, seed) => new SpaceInvadersGame(all, moves, seed)),
    ];

    /// <summary>Makes the tasks and their settings known; calling it again changes nothing.</summary>
    public static void Register()
    {
        Settings.Declare<ArcadeSettings>();
        IReadOnlyList<ArcadeMove> all = Enum.GetValues<ArcadeMove>();
        foreach (var (name, planes, minimal, steps, make) in Games)
        {
            Register($"mini_{name}", planes, minimal, steps, make);
            if (minimal.Count < all.Count) Register($"mini_{name}_full", planes, all, steps, make);
        }
    }

    private static void Register(
        string task, IReadOnlyList<ArcadePlane> planes, IReadOnlyList<ArcadeMove> moves, int steps, Maker make) =>
        EnvironmentRegistry.Register(
            new TaskInfo
            {
                Task = task, Domain = "games", EpisodeSteps = steps,
                ObservationSpace = new MixedSpace(new ImageSpace(), ArcadeGame.VectorOf(planes)),
                ActionSpace = new DiscreteSpace(moves.Count),
                ActionNames = [.. moves.Select(move => $"{move}".ToLowerInvariant())],
                Observations = [new("cells", ArcadeGame.Cells * ArcadeGame.Cells * planes.Count)],
            },
            (config, seed) => make(config.Of<ArcadeSettings>(), moves, seed));
}
