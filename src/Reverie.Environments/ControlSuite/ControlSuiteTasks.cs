using Reverie.Configuration;
using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>The catalogue of the control suite's tasks.</summary>
public static class ControlSuiteTasks
{
    /// <summary>Control steps of every episode.</summary>
    public const int EpisodeSteps = 1000;

    // In alphabetical order of domains.
    private static readonly CatalogueEntry[] Catalogue =
    [
        new("cartpole_balance", "cartpole", Unit(1), Cartpole.Observations,
            options => new Cartpole(options, swingUp: false, sparse: false)),
        new("cartpole_balance_sparse", "cartpole", Unit(1), Cartpole.Observations,
            options => new Cartpole(options, swingUp: false, sparse: true)),
        new("cartpole_swingup", "cartpole", Unit(1), Cartpole.Observations,
            options => new Cartpole(options, swingUp: true, sparse: false)),
        new("cartpole_swingup_sparse", "cartpole", Unit(1), Cartpole.Observations,
            options => new Cartpole(options, swingUp: true, sparse: true)),
    ];

    // P App. A; domains that PlaNet was not measured on repeat as Dreamer does everywhere.
    private static readonly Dictionary<string, int> PlaNetRepeat = new()
    {
        ["cartpole"] = 8, ["reacher"] = 4, ["cheetah"] = 4, ["cup"] = 4, ["finger"] = 2, ["walker"] = 2,
    };

    /// <summary>Names of the tasks.</summary>
    public static IReadOnlyList<string> Names => [.. Catalogue.Select(entry => entry.Task)];

    /// <summary>Makes the tasks known to the <see cref="EnvironmentRegistry"/>; calling it again changes nothing.</summary>
    public static void Register()
    {
        foreach (var entry in Catalogue)
            EnvironmentRegistry.Register(entry.Info, (config, seed) =>
                entry.Make(new ControlTaskOptions(seed, entry.Camera, PictureQuality.Named(config.Quality))));
    }

    /// <summary>Makes a bare task: control steps, vector observations, pictures on demand.</summary>
    /// <exception cref="ReverieException">The suite has no task of that name, or MuJoCo is not there.</exception>
    public static ControlTask Make(string task, int seed = 0, PictureQuality? quality = null)
    {
        var entry = Catalogue.FirstOrDefault(entry => entry.Task == task) ?? throw new ReverieException(
            $"the control suite has no task '{task}'{NearestName.Hint(task, Names)}");
        return entry.Make(new ControlTaskOptions(seed, entry.Camera, quality ?? PictureQuality.Suite));
    }

    private static BoxSpace Unit(int actions) => BoxSpace.Uniform(actions, -1, 1);

    // Spaces stand here because `reverie tasks` must not need MuJoCo; a test holds them against the models.
    private sealed record CatalogueEntry(string Task, string Domain, BoxSpace Actions,
        IReadOnlyList<ObservationEntry> Observations, Func<ControlTaskOptions, ControlTask> Make, int Camera = 0)
    {
        internal TaskInfo Info => new()
        {
            Task = Task,
            Domain = Domain,
            ObservationSpace = new ImageSpace(),
            ActionSpace = Actions,
            ActionRepeat = PlaNetRepeat.GetValueOrDefault(Domain, 2),
            EpisodeSteps = EpisodeSteps,
            Camera = Camera,
        };
    }
}
