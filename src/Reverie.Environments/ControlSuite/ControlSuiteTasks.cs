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
        new("acrobot_swingup", "acrobot", Unit(1), Acrobot.Observations, options => new Acrobot(options)),
        new("cartpole_balance", "cartpole", Unit(1), Cartpole.Observations,
            options => new Cartpole(options, swingUp: false, sparse: false)),
        new("cartpole_balance_sparse", "cartpole", Unit(1), Cartpole.Observations,
            options => new Cartpole(options, swingUp: false, sparse: true)),
        new("cartpole_swingup", "cartpole", Unit(1), Cartpole.Observations,
            options => new Cartpole(options, swingUp: true, sparse: false)),
        new("cartpole_swingup_sparse", "cartpole", Unit(1), Cartpole.Observations,
            options => new Cartpole(options, swingUp: true, sparse: true)),
        new("cheetah_run", "cheetah", Unit(6), Cheetah.Observations, options => new Cheetah(options)),
        new("cup_catch", "cup", Unit(2), BallInCup.Observations, options => new BallInCup(options)),
        new("finger_spin", "finger", Unit(2), Finger.SpinObservations, options => new Finger(options)),
        new("finger_turn_easy", "finger", Unit(2), Finger.TurnObservations,
            options => new Finger(options, targetRadius: 0.07)),
        new("finger_turn_hard", "finger", Unit(2), Finger.TurnObservations,
            options => new Finger(options, targetRadius: 0.03)),
        new("hopper_hop", "hopper", Unit(4), Hopper.Observations, options => new Hopper(options, hop: true)),
        new("hopper_stand", "hopper", Unit(4), Hopper.Observations, options => new Hopper(options, hop: false)),
        new("pendulum_swingup", "pendulum", Unit(1), Pendulum.Observations, options => new Pendulum(options)),
        new("quadruped_run", "quadruped", Quadruped.Actions, Quadruped.Observations,
            options => new Quadruped(options, speed: 5), Camera: 2),
        new("quadruped_walk", "quadruped", Quadruped.Actions, Quadruped.Observations,
            options => new Quadruped(options, speed: 0.5), Camera: 2),
        new("reacher_easy", "reacher", Unit(2), Reacher.Observations,
            options => new Reacher(options, targetRadius: 0.05)),
        new("reacher_hard", "reacher", Unit(2), Reacher.Observations,
            options => new Reacher(options, targetRadius: 0.015)),
        new("walker_run", "walker", Unit(6), Walker.Observations, options => new Walker(options, speed: 8)),
        new("walker_stand", "walker", Unit(6), Walker.Observations, options => new Walker(options, speed: 0)),
        new("walker_walk", "walker", Unit(6), Walker.Observations, options => new Walker(options, speed: 1)),
    ];

    // By domain, as their models and repeats of physics have it.
    private static readonly Dictionary<string, double> StepSeconds = new()
    {
        ["acrobot"] = 0.01, ["cartpole"] = 0.01, ["cheetah"] = 0.01, ["cup"] = 0.02, ["finger"] = 0.02,
        ["hopper"] = 0.02, ["pendulum"] = 0.02, ["quadruped"] = 0.02, ["reacher"] = 0.02, ["walker"] = 0.025,
    };

    /// <summary>Names of the tasks.</summary>
    public static IReadOnlyList<string> Names => [.. Catalogue.Select(entry => entry.Task)];

    /// <summary>Makes the tasks known to the <see cref="EnvironmentRegistry"/>; calling it again changes nothing.</summary>
    public static void Register()
    {
        Settings.Declare<MujocoSettings>();
        foreach (var entry in Catalogue)
            EnvironmentRegistry.Register(entry.Info, (config, seed) =>
            {
                var own = config.Of<MujocoSettings>();
                // Drawn in the size that is asked for, rather than made so; the camera's view is square.
                var side = config.PictureSides is var (height, width) && height == width ? height : AgentSide;
                return entry.Make(new ControlTaskOptions(
                    seed, entry.Camera, PictureQuality.Named(own.Quality), OpenGl.Named(own.Gl), side));
            });
    }

    /// <summary>Makes a bare task: control steps, vector observations, pictures on demand.</summary>
    /// <exception cref="ReverieException">The suite has no task of that name, or MuJoCo is not there.</exception>
    public static ControlTask Make(string task, int seed = 0, PictureQuality? quality = null,
        OpenGlKind gl = OpenGlKind.Auto, int pictureSize = AgentSide)
    {
        var entry = Catalogue.FirstOrDefault(entry => entry.Task == task) ?? throw new ConfigurationException(
            $"the control suite has no task '{task}'{NearestName.Hint(task, Names)}");
        return entry.Make(new ControlTaskOptions(seed, entry.Camera, quality ?? PictureQuality.Suite, gl, pictureSize));
    }

    private const int AgentSide = 64;

    private static BoxSpace Unit(int actions) => BoxSpace.Uniform(actions, -1, 1);

    // Spaces stand here because `reverie tasks` must not need MuJoCo; a test holds them against the models.
    private sealed record CatalogueEntry(string Task, string Domain, BoxSpace Actions,
        IReadOnlyList<ObservationEntry> Observations, Func<ControlTaskOptions, ControlTask> Make, int Camera = 0)
    {
        internal TaskInfo Info => new()
        {
            Task = Task,
            Domain = Domain,
            ObservationSpace = new MixedSpace(new ImageSpace(), BoxSpace.Uniform(
                Observations.Sum(entry => entry.Size), float.NegativeInfinity, float.PositiveInfinity)),
            ActionSpace = Actions,
            ActionRepeat = Protocols.Of(Domain, Camera)[0].ActionRepeat,
            EpisodeSteps = EpisodeSteps,
            StepSeconds = StepSeconds[Domain],
            Camera = Camera,
            Graphics = config => OpenGl.Describe(OpenGl.Named(config.Of<MujocoSettings>().Gl)),
            Observations = Observations,
            Protocols = Protocols.Of(Domain, Camera),
            PublishedScores = PublishedScores.Of(Task),
            Scale = RandomReturns.ScaleOf(Task),
        };
    }
}
