using Reverie.Configuration;

namespace Reverie.Environments.CarRacing;

/// <summary>The catalogue of car racing.</summary>
public static class CarRacingTasks
{
    private const string Continuous = "car_racing", Discrete = "car_racing_discrete";

    private static readonly AgentProtocol[] Protocols =
        [new("World Models", ActionRepeat: 1, Camera: 0, "Ha & Schmidhuber 2018, section 3")];

    /// <summary>Names of the tasks.</summary>
    public static IReadOnlyList<string> Names => [Continuous, Discrete];

    /// <summary>Makes the tasks known to the <see cref="EnvironmentRegistry"/>; calling it again changes nothing.</summary>
    public static void Register()
    {
        Register(Continuous, CarRacingEnvironment.Actions, discrete: false);
        Register(Discrete, CarRacingEnvironment.DiscreteActions, discrete: true);
    }

    /// <summary>Makes a bare task.</summary>
    /// <exception cref="ReverieException">Car racing has no task of that name.</exception>
    public static CarRacingEnvironment Make(string task, CarRacingOptions options) => Names.Contains(task)
        ? new CarRacingEnvironment(options with { IsDiscrete = task == Discrete })
        : throw new ReverieException($"car racing has no task '{task}'{NearestName.Hint(task, Names)}");

    private static void Register(string task, Space actions, bool discrete) => EnvironmentRegistry.Register(
        new TaskInfo
        {
            Task = task,
            Domain = "car_racing",
            ObservationSpace = new MixedSpace(new ImageSpace(), CarRacingEnvironment.Instruments),
            ActionSpace = actions,
            ActionNames = discrete ? ["nothing", "right", "left", "gas", "brake"] : ["steering", "gas", "brake"],
            EpisodeSteps = CarRacingEnvironment.EpisodeSteps,
            Observations = CarRacingEnvironment.Observations,
            Protocols = discrete ? [] : Protocols,
        },
        (config, seed) => Make(task, new CarRacingOptions(
            Look.Named(config.CarLook), FrameMaker.Named(config.CarFrame), Seed: seed)));
}
