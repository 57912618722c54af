using Reverie.Configuration;

namespace Reverie.Environments.CarRacing;

/// <summary>The catalogue of car racing.</summary>
public static class CarRacingTasks
{
    private const string Continuous = "car_racing", Discrete = "car_racing_discrete";

    private static readonly AgentProtocol[] Protocols =
        [new("World Models", ActionRepeat: 1, Camera: 0, "Ha & Schmidhuber 2018, section 3")];

    private static readonly PublishedScore[] Scores =
    [
        Reported("World Models", 906, 21), Reported("World Models, V and a hidden layer", 788, 141),
        Reported("World Models, V only", 632, 251), Reported("A3C", 591, 45),
        Reported("A3C, discrete actions", 652, 10),
        Reported("DQN", 343, 18), Reported("best of the leaderboard", 838, 11),
    ];

    /// <summary>Names of the tasks.</summary>
    public static IReadOnlyList<string> Names => [Continuous, Discrete];

    /// <summary>Makes the tasks known to the <see cref="EnvironmentRegistry"/>; calling it again changes nothing.</summary>
    public static void Register()
    {
        Settings.Declare<CarRacingSettings>();
        Register(Continuous, CarRacingEnvironment.Actions, discrete: false);
        Register(Discrete, CarRacingEnvironment.DiscreteActions, discrete: true);
    }

    /// <summary>Makes a bare task.</summary>
    /// <exception cref="ReverieException">Car racing has no task of that name.</exception>
    public static CarRacingEnvironment Make(string task, CarRacingOptions options) => Names.Contains(task)
        ? new CarRacingEnvironment(options with { IsDiscrete = task == Discrete })
        : throw new ConfigurationException($"car racing has no task '{task}'{NearestName.Hint(task, Names)}");

    private static PublishedScore Reported(string agent, double score, double deviation) => new(agent, score, deviation,
        EnvSteps: 0, "pixels", "arXiv 1803.10122 (World Models), table 1; deviation over 100 episodes");

    private static void Register(string task, Space actions, bool discrete) => EnvironmentRegistry.Register(
        new TaskInfo
        {
            Task = task,
            Domain = "car_racing",
            ObservationSpace = new MixedSpace(new ImageSpace(), CarRacingEnvironment.Instruments),
            ActionSpace = actions,
            ActionNames = discrete ? ["nothing", "right", "left", "gas", "brake"] : ["steering", "gas", "brake"],
            EpisodeSteps = CarRacingEnvironment.EpisodeSteps,
            StepSeconds = Race.Timestep,
            Observations = CarRacingEnvironment.Observations,
            Scale = new(discrete ? -40.7 : -27.6, 900,
                "car racing: random actions measured here (20 tracks), and 900, at which it counts as solved"),
            Protocols = discrete ? [] : Protocols,
            PublishedScores = discrete ? [] : Scores,
        },
        (config, seed) =>
        {
            var own = config.Of<CarRacingSettings>();
            return Make(task, new CarRacingOptions(Look.Named(own.CarLook), FrameMaker.Named(own.CarFrame), Seed: seed));
        });
}
