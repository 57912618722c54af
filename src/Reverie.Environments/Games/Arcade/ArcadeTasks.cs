using Reverie.Configuration;

namespace Reverie.Environments.Games.Arcade;

/// <summary>The five games, each with the moves that do something in it (<c>mini_breakout</c>), and where these are not all,
/// with all six (<c>mini_breakout_full</c>); and each of them with its planes as picture (<c>mini_breakout_planes</c>).</summary>
internal static class ArcadeTasks
{
    private delegate ArcadeGame Maker(ArcadeSettings settings, IReadOnlyList<ArcadeMove> moves, int seed, bool planes);

    private static readonly (string Name, IReadOnlyList<ArcadePlane> Planes, IReadOnlyList<ArcadeMove> Minimal, int Steps, Maker Make)[] Games =
    [
        ("asterix", AsterixGame.Things, AsterixGame.Minimal, ArcadeGame.EpisodeSteps,
            (all, moves, seed, planes) => new AsterixGame(all, moves, seed) { ShowsPlanes = planes }),
        ("breakout", BreakoutGame.Things, BreakoutGame.Minimal, ArcadeGame.EpisodeSteps,
            (all, moves, seed, planes) => new BreakoutGame(all, moves, seed) { ShowsPlanes = planes }),
        ("freeway", FreewayGame.Things, FreewayGame.Minimal, FreewayGame.Time + 1,
            (all, moves, seed, planes) => new FreewayGame(all, moves, seed) { ShowsPlanes = planes }),
        ("seaquest", SeaquestGame.Things, SeaquestGame.Minimal, ArcadeGame.EpisodeSteps,
            (all, moves, seed, planes) => new SeaquestGame(all, moves, seed) { ShowsPlanes = planes }),
        ("space_invaders", SpaceInvadersGame.Things, SpaceInvadersGame.Minimal, ArcadeGame.EpisodeSteps,
            (all, moves, seed, planes) => new SpaceInvadersGame(all, moves, seed) { ShowsPlanes = planes }),
    ];

    /// <summary>Makes the tasks and their settings known; calling it again changes nothing.</summary>
    public static void Register()
    {
        Settings.Declare<ArcadeSettings>();
        IReadOnlyList<ArcadeMove> all = Enum.GetValues<ArcadeMove>();
        foreach (var (name, planes, minimal, steps, make) in Games)
        {
            foreach (var shows in (bool[])[false, true])
            {
                var end = shows ? "_planes" : "";
                Register($"mini_{name}{end}", planes, minimal, steps, shows, make);
                if (minimal.Count < all.Count) Register($"mini_{name}_full{end}", planes, all, steps, shows, make);
            }
        }
    }

    private static void Register(
        string task, IReadOnlyList<ArcadePlane> planes, IReadOnlyList<ArcadeMove> moves, int steps, bool shows, Maker make) =>
        EnvironmentRegistry.Register(
            new TaskInfo
            {
                Task = task, Domain = "games", EpisodeSteps = steps,
                ObservationSpace = new MixedSpace(ArcadeGame.PictureOf(planes, shows), ArcadeGame.VectorOf(planes)),
                ActionSpace = new DiscreteSpace(moves.Count),
                ActionNames = [.. moves.Select(move => $"{move}".ToLowerInvariant())],
                Observations = [new("cells", ArcadeGame.Cells * ArcadeGame.Cells * planes.Count)],
            },
            (config, seed) => make(config.Of<ArcadeSettings>(), moves, seed, shows));
}
