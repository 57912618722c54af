using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Games;
using Reverie.Policies;
using Reverie.Runs;
using Reverie.Runtime;
using Reverie.Tests.Export;
using Reverie.Tests.Fakes;
using Reverie.Tests.Gymnasium;
using Reverie.Tests.Setup;
using Reverie.Training;
using MyEnvironment = Reverie.Tests.Documents.SnippetTests.Mine;

namespace Reverie.Tests.Documents;

/// <summary>Every piece of C# and Python that the documents show is compiled and run: it is a sample, or stands in a test
/// here, line by line.</summary>
public sealed partial class SnippetTests : IDisposable
{
    private readonly string started = Environment.CurrentDirectory;
    private readonly TemporaryDirectory folder = new();

    public SnippetTests() => Environment.CurrentDirectory = folder.Path;

    // Whole programs and a declaration stand elsewhere; all others are below.
    private static readonly string[] Sources =
    [
        "samples/CustomEnvironment/Program.cs", "samples/Library/Program.cs", "samples/OwnAlgorithm/Program.cs",
        "src/Reverie/Environments/IEnvironment.cs",
        "tests/Reverie.Tests/Documents/SnippetTests.cs",
    ];

    public static IEnumerable<object[]> CSharp =>
        DocumentedCommand.Pages.SelectMany(page => Blocks(page, "csharp").Select((_, i) => new object[] { page, i }));

    public void Dispose()
    {
        Environment.CurrentDirectory = started;
        folder.Dispose();
    }

    [Theory, MemberData(nameof(CSharp))]
    public void APieceOfAPageIsCompiled(string page, int number)
    {
        var lines = Lines(Blocks(page, "csharp").ElementAt(number));
        Assert.NotEmpty(lines);
        Assert.Contains(Sources, source => StandsIn(lines, Lines(File.ReadAllText(At(source)))));
    }

    [Fact]
    public void AnExportedAgentIsToldWhatIsAllowed()
    {
        using var exported = new ExportedAgent("dreamer", "both", DriftEnvironment.LayoutOf("both", choices: true, masked: true));
        using var agent = DreamAgent.Load(exported.Path);
        using var memory = agent.Begin();
        var (picture, vector) = (new byte[agent.Info.PictureSize], new float[agent.Info.VectorSize]);
        bool[] mask = [false, true, false];
        float[] action = agent.Act(memory, picture, vector, mask);
        Assert.Equal([0, 1, 0], action);
    }

    [Fact]
    public void ARunGivenAwayAndAnAgentExported()
    {
        ControlSuiteTasks.Register();
        using (var run = TrainingRun.Open("run", ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack("dreamerv2,tiny,debug"), Overrides = [ConfigOverride.Parse("task=cartpole_balance")],
        })))
            run.Train(_ => { });
        var (picture, vector) = (new byte[64 * 64 * 3], Array.Empty<float>());
        using (var whole = Policy.Load("run"))
            whole.ExportRun("balance");
        Taken();
        Played();

        void Taken()
        {
            using var policy = Policy.Load("balance");
            using var memory = policy.Begin();
            float[] action = policy.Act(memory, picture);
            policy.Export("agent.onnx");
            Assert.Equal((1, 800), (action.Length, policy.Counters.EnvSteps));
        }

        void Played()
        {
            using var agent = DreamAgent.Load("agent.onnx");
            using var memory = agent.Begin();
            float[] action = agent.Act(memory, picture, vector);
            Assert.InRange(action[0], -1, 1);
            Assert.Equal("cartpole_balance", agent.Info.Task);
        }
    }

    [Fact]
    public void EnvironmentsAtOnce()
    {
        ControlSuiteTasks.Register();
        using var environments = ParallelEnvironments.Make("cartpole_swingup", new EnvironmentConfig { Count = 4 }, seed: 1);
        environments.Reset([1, 2, 3, 4]);                   // one seed each
        environments.Step([0.5f, -0.5f, 0, 1]);             // one row of actions each
        var picture = environments.Rows[2].Image;
        Assert.Equal(64 * 64 * 3, picture.Length);
    }

    [Fact]
    public void ATaskOfOnesOwn()
    {
        EnvironmentRegistry.Register(
            new TaskInfo { Task = "mine", Domain = "mine", EpisodeSteps = 500, ActionRepeat = 2,
                ObservationSpace = new ImageSpace(), ActionSpace = BoxSpace.Uniform(2, -1, 1) },
            (config, seed) => new MyEnvironment(seed));
        using var environment = EnvironmentRegistry.Make("mine", new EnvironmentConfig(), seed: 5);
        environment.Reset();
        Assert.Equal((2, 12.0), (environment.Step([0, 0]).EnvSteps, environment.Step([0, 0]).Reward));
    }

    [Fact]
    public void PicturesAndVectorsByName()
    {
        var (front, wrist) = (new byte[84 * 84 * 3], new byte[64 * 64]);
        Space seen = new NamedSpace(
            new("front", new ImageSpace(84, 84)), new("wrist", new ImageSpace(64, 64, 1)),
            new("goal", BoxSpace.Uniform(2, -1, 1)), new("gear", new DiscreteSpace(3)));
        var row = new TimeStep
        {
            Pictures = new Dictionary<string, byte[]> { ["front"] = front, ["wrist"] = wrist },
            Vectors = new Dictionary<string, float[]> { ["goal"] = [0.5f, -1], ["gear"] = [0, 1, 0] }, IsFirst = true,
        };
        EnvironmentRegistry.Register(
            new TaskInfo { Task = "named", Domain = "mine", ObservationSpace = seen, ActionSpace = BoxSpace.Uniform(2, -1, 1) },
            (_, _) => new StillEnvironment(seen, BoxSpace.Uniform(2, -1, 1), row));
        using var environment = EnvironmentRegistry.Make("named", new EnvironmentConfig(), seed: 5);
        Assert.Equal("Image[64, 64, 4: front 3, wrist 1] and Box[5]", $"{environment.ObservationSpace}");
        Assert.Equal([0.5f, -1, 0, 1, 0], environment.Reset().Vector);
    }

    [Fact]
    public void ATaskWithOtherRewards()
    {
        GameTasks.Register();
        Assert.Equal(("catch_thousandth", 7), (CatchThousandth.Info.Task, CatchThousandth.Info.EpisodeSteps));
        using var quiet = new CatchThousandth(new EnvironmentConfig(), seed: 3);
        using var loud = EnvironmentRegistry.Make("catch_one", new EnvironmentConfig(), seed: 3);
        quiet.Reset(5);
        loud.Reset(5);
        for (var i = 0; i < 7; i++)
            Assert.Equal(1e-3 * loud.Step([1, 0, 0]).Reward, quiet.Step([1, 0, 0]).Reward);
    }

    [Fact]
    public void ThePageOfThePackages()
    {
        ControlSuiteTasks.Register();
        var settings = ConfigReader.Resolve(new ConfigSources { Presets = ["planet", "tiny", "debug"] });
        using var run = TrainingRun.Open("runs/mine", settings);
        run.Train(Console.WriteLine);
        Console.WriteLine(run.Evaluate(episodes: 10, seed: 1).Mean);
        Assert.Equal(12, run.Counters.Updates);
    }

    [Fact]
    public void ThePageOfTheLibraryHasALogger()
    {
        ILogger logger = new LineLogger(Console.WriteLine);    // any other logger does
        ControlSuiteTasks.Register();
        try
        {
            var settings = ConfigReader.Resolve(new ConfigSources { Presets = ["planet", "tiny", "debug"] });
            using var run = TrainingRun.Open("runs/logged", settings);
            run.Train(logger);
        }
        catch (NotFiniteException fault)
        {
            logger.LogError("learning went astray: {Line}", fault.Message);
        }
        catch (ReverieException fault)
        {
            logger.LogError("{Kind}: {Line}", fault.GetType().Name, fault.Message);
        }
        Assert.True(Directory.Exists(Checkpoint.PathOf("runs/logged/checkpoints", 12)));
    }

    [Fact]
    public void PythonPlaysATask()
    {
        var script = Assert.Single(Blocks("docs/gymnasium.md", "python"));
        File.WriteAllText(folder["played.py"], $"{script}\nassert terminated in (True, False)\nprint(type(reward), 'done')\n");
        var start = new ProcessStartInfo("/usr/bin/python3", ["played.py"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Path,
        };
        start.Environment["REVERIE_COMMAND"] = PythonPath.Command(folder.Path);
        start.Environment["PYTHONPATH"] = $"{PythonPath.Folder}:{At("python/reverie_gymnasium")}";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        Assert.Contains("done", output);
    }

    /// <summary>A game whose rewards are a thousandth of what they are.</summary>
    public sealed class CatchThousandth(EnvironmentConfig config, int seed)
        : EnvironmentWrapper(EnvironmentRegistry.Make("catch_one", config, seed))
    {
        public static TaskInfo Info { get; } = EnvironmentRegistry.Find("catch_one") with { Task = "catch_thousandth" };

        public override TimeStep Step(ReadOnlySpan<float> action)
        {
            var row = Inner.Step(action);
            return row with { Reward = 1e-3 * row.Reward };
        }
    }

    /// <summary>Each step is rewarded by the seed and one more.</summary>
    internal sealed class Mine(int seed) : IEnvironment
    {
        public Space ObservationSpace => new ImageSpace();

        public Space ActionSpace => BoxSpace.Uniform(2, -1, 1);

        public TimeStep Reset(int? seed = null) =>
            new() { Image = new byte[new ImageSpace().Size], Vector = [], IsFirst = true };

        public TimeStep Step(ReadOnlySpan<float> action) =>
            new() { Image = new byte[new ImageSpace().Size], Vector = [], Reward = seed + 1 };

        public void Dispose()
        {
        }
    }

    private static string At(string path) => Path.Combine(SetupSandbox.Checkout, path);

    private static IEnumerable<string> Blocks(string page, string language) =>
        Block().Matches(File.ReadAllText(At(page))).Where(match => match.Groups[1].Value == language)
            .Select(match => match.Groups[2].Value);

    // Without indentation, comments and empty lines.
    private static string[] Lines(string text) =>
        [.. text.Split('\n').Select(line => Comment().Replace(line, "").Trim()).Where(line => line.Length > 0)];

    // One after the other, nothing between.
    private static bool StandsIn(string[] lines, string[] source) =>
        Enumerable.Range(0, Math.Max(0, source.Length - lines.Length + 1))
            .Any(start => lines.AsSpan().SequenceEqual(source.AsSpan(start, lines.Length)));

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\s*//.*$")]
    private static partial Regex Comment();
}
