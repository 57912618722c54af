using System.Text;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Setup;
using Reverie.Torch;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>What algorithm learns with what spaces: it builds, learns, acts, is evaluated and goes on, or is refused in one
/// line. The table of it in the documents is written by this test (REVERIE_ACCEPT=1).</summary>
public sealed class SpaceTableTests : IDisposable
{
    private const string Page = "docs/spaces.md", Begin = "<!-- table -->\n", End = "<!-- end of the table -->";
    private static readonly string[] Algorithms = ["world_models", "planet", "dreamer", "dreamerv2", "dreamerv3", "a3c", "d4pg", "curl"];

    private static readonly (string Name, Space Space)[] Observations =
    [
        ("picture 64×64", new ImageSpace()), ("picture 84×84", new ImageSpace(84, 84)),
        ("picture 96×96", new ImageSpace(96, 96)), ("grey picture 128×96", new ImageSpace(96, 128, 1)),
        ("vector", BoxSpace.Uniform(3, -1, 1)), ("picture and vector", new MixedSpace(new(84, 84), BoxSpace.Uniform(3, -1, 1))),
        ("two cameras", new NamedSpace(new("front", new ImageSpace(84, 84)), new("wrist", new ImageSpace(84, 84)))),
        ("two cameras, a goal and a choice", new NamedSpace(new("front", new ImageSpace()), new("wrist", new ImageSpace(64, 64, 1)),
            new("goal", BoxSpace.Uniform(2, -1, 1)), new("gear", new DiscreteSpace(3)))),
    ];

    private static readonly (string Name, Space Space)[] Actions =
    [
        ("continuous", BoxSpace.Uniform(2, -2, 1)), ("continuous without bounds", new BoxSpace(
            [float.NegativeInfinity, 0], [float.PositiveInfinity, float.PositiveInfinity])), ("one choice", new DiscreteSpace(4)),
        ("three choices", new GroupedSpace(new DiscreteSpace(3), new DiscreteSpace(2), new DiscreteSpace(4))),
        ("choices and continuous", new GroupedSpace(new DiscreteSpace(3), new BoxSpace([0], [5]), new DiscreteSpace(2))),
        ("one choice, masked", new DiscreteSpace(4) { IsMasked = true }),
        ("choices and continuous, masked", new GroupedSpace(
            new DiscreteSpace(3) { IsMasked = true }, new BoxSpace([0], [5]), new DiscreteSpace(2) { IsMasked = true })),
    ];

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Every observation with every algorithm, and every kind of action with every algorithm, actions and
    /// observations taking turns.</summary>
    public static TheoryData<string, int, int> Pairs
    {
        get
        {
            var pairs = new HashSet<(string, int, int)>();
            foreach (var algorithm in Algorithms)
            {
                for (var i = 0; i < Observations.Length; i++) pairs.Add((algorithm, i, i % Actions.Length));
                for (var i = 0; i < Actions.Length; i++)
                    pairs.Add((algorithm, algorithm is "world_models" or "curl" ? 3 : i % 2 == 0 ? 4 : 5, i));
            }
            var data = new TheoryData<string, int, int>();
            foreach (var (algorithm, observation, action) in pairs) data.Add(algorithm, observation, action);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ItLearnsActsAndGoesOnOrIsRefusedInALine(string algorithm, int observation, int action)
    {
        if (Refusal(algorithm, observation, action) is { } line)
        {
            Assert.DoesNotContain('\n', line);
            Assert.Matches(algorithm is "d4pg" or "curl" ? "learns (continuous actions|from pictures) alone" : "model.encoder", line);
            return;
        }
        var threads = Reverie.Torch.Torch.Threads;
        Reverie.Torch.Torch.Threads = 1;
        try
        {
            Assert.False(Train(algorithm, observation, action, stopAfterOne: true));
            Assert.True(Train(algorithm, observation, action, stopAfterOne: false));
        }
        finally
        {
            Reverie.Torch.Torch.Threads = threads;
        }
    }

    [Fact]
    public void TheDocumentsHaveTheTable()
    {
        var table = new StringBuilder("| | " + string.Join(" | ", Algorithms) + " |\n|---|" +
            string.Concat(Enumerable.Repeat("---|", Algorithms.Length)) + "\n");
        var notes = new List<string>();
        foreach (var (name, isAction, i) in Observations.Select((one, i) => (one.Name, false, i))
            .Concat(Actions.Select((one, i) => (one.Name, true, i))))
            table.Append($"| {name} | ").AppendJoin(" | ", Algorithms.Select(algorithm =>
            {
                if (Refusal(algorithm, isAction ? 0 : i, isAction ? i : 0) is not { } line) return "yes";
                if (!notes.Contains(line)) notes.Add(line);
                return $"no ({notes.IndexOf(line) + 1})";
            })).Append(" |\n");
        foreach (var (note, i) in notes.Select((note, i) => (note, i))) table.Append($"\n({i + 1}) `{note}`\n");
        var path = Path.Combine(SetupSandbox.Checkout, Page);
        var text = File.ReadAllText(path);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("REVERIE_ACCEPT") == "1")
            File.WriteAllText(path, text[..from] + table + text[to..]);
        else
            Assert.Equal($"{table}", text[from..to]);
    }

    private bool Train(string algorithm, int observation, int action, bool stopAfterOne)
    {
        var resolved = Resolve(algorithm, observation, action);
        using var run = TrainingRun.Open(folder["run"], resolved);
        using var stop = new CancellationTokenSource();
        // The first time it stops as soon as it has begun, the second time it goes on to the end.
        var done = run.Train(_ => { }, begun: () => { if (stopAfterOne) stop.Cancel(); }, cancel: stop.Token);
        if (!done) return false;
        Assert.True(run.Counters.Updates > 0);
        var mean = run.Evaluate(1, 1).Mean;
        Assert.True(double.IsFinite(mean));
        return true;
    }

    private static string? Refusal(string algorithm, int observation, int action)
    {
        try
        {
            var config = Resolve(algorithm, observation, action).Config;
            EnvironmentRegistry.DemandLearnable(config);
            var layout = EpisodeLayout.From(
                EnvironmentRegistry.ObservationSpaceOf(config.Task, config.Environment, config.Model.Sees()),
                EnvironmentRegistry.ActionSpaceOf(config.Task, config.Environment));
            using var agent = AgentRegistry.Create(config, layout, Device.Cpu, DType.Float32);
            return null;
        }
        catch (ReverieException refused)
        {
            return refused.Message;
        }
    }

    private static ResolvedConfig Resolve(string algorithm, int observation, int action)
    {
        var task = $"spaces_{observation}_{action}";
        var (shown, taken) = (Observations[observation].Space, Actions[action].Space);
        EnvironmentRegistry.Register(
            new TaskInfo { Task = task, Domain = "tests", ObservationSpace = shown, ActionSpace = taken },
            (_, _) => new SpacesEnvironment(shown, taken));
        var encoder = shown switch
        {
            BoxSpace => "vector",
            MixedSpace => "both",
            NamedSpace named when named.Vector is not null => "both",
            _ => "pixels",
        };
        string[] small = algorithm == "world_models"
            ?
            [
                "vae.updates=3", "vae.latents=4", "vae.batch_size=4", "memory.updates=3", "memory.units=8", "memory.mixtures=2",
                "controller.generations=2", "controller.population=4", "controller.episodes=1", "environment.count=2",
                "training.seed_episodes=4",
            ]
            :
            [
                "model.deter=16", "model.hidden=16", "model.reward_units=16", "planner.candidates=8", "planner.elites=2",
                "planner.horizon=3", "actor.units=16", "critic.units=16", "training.env_steps=60",
                .. algorithm == "dreamerv3" ? new[] { "model.blocks=2", "replay.capacity=200" } : [],
                .. algorithm is "d4pg" or "curl" ? new[] { "replay.capacity=200", "training.train_ratio=12" } : [],
                .. algorithm == "curl" ? new[] { "model.crop=60" } : [],
            ];
        return ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack($"{algorithm},tiny,debug"),
            Overrides =
            [
                .. new[]
                {
                    $"task={task}", "environment.picture=native", "environment.time_limit=0", $"model.encoder={encoder}",
                    "model.cnn_depth=2", "replay.chunk_length=6", "replay.batch_size=2",
                }.Concat(small).Select(ConfigOverride.Parse),
            ],
        });
    }
}
