using System.Diagnostics;
using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Torch;
using Reverie.Torch.Capture;
using Reverie.Torch.Nn;

namespace Reverie.Cli.Bench;

/// <summary>Times what a run computes.</summary>
internal sealed class Benchmark
{
    private readonly Config config;
    private readonly Timing timing;
    private readonly bool profiles;
    private readonly Device device;
    private readonly DType precision;

    private Benchmark(Config config, Timing timing, bool profiles)
    {
        // An update is timed whole, whatever a run begins with.
        this.config = config with { Imagination = config.Imagination with { AfterUpdates = 0 } };
        (device, precision) = Compute.Prepare(config.Compute);
        // What is recorded as a graph is timed once it is replayed.
        (this.timing, this.profiles) =
            (device.IsCuda ? timing with { WarmUps = CapturedWork.WarmUps + 2 } : timing, profiles);
    }

    /// <summary>What can be timed.</summary>
    public static string[] Names { get; } =
        ["update", "update_v", "update_m", "behavior", "act", "plan", "replay", "evolve"];

    /// <summary>Those of <see cref="Names"/> that are part of a run of an agent.</summary>
    public static IReadOnlyList<string> Of(string agent) => AgentRegistry.Find(agent).Timed;

    /// <summary>What a name stands for with an agent: World Models' update is one of V or one of M.</summary>
    public static string[] Parts(string what, string agent) =>
        what != "update" || Of(agent).Contains(what) ? [what]
        : [.. Of(agent).Where(name => name.StartsWith(what, StringComparison.Ordinal)).DefaultIfEmpty(what)];

    /// <summary>Times one of <see cref="Names"/>.</summary>
    /// <param name="what">one of them</param>
    /// <param name="config">what to compute</param>
    /// <param name="timing">how often it is done</param>
    /// <param name="profiles">whether to do it as often again, watching operators and layers</param>
    public static Measurement Run(string what, Config config, Timing timing, bool profiles)
    {
        var benchmark = new Benchmark(config, timing, profiles);
        return what switch
        {
            "update" => benchmark.Update(),
            "update_v" => benchmark.UpdateV(),
            "update_m" => benchmark.UpdateM(),
            "behavior" => benchmark.Behavior(),
            "act" => benchmark.Act(),
            "replay" => benchmark.Replay(),
            "evolve" => benchmark.Evolve(),
            _ => benchmark.Plan(),
        };
    }

    /// <summary>Times an update, or a decision of so many environments at once.</summary>
    /// <param name="what"><c>update</c> or <c>act</c></param>
    /// <param name="config">what to compute</param>
    /// <param name="timing">how often it is done</param>
    /// <param name="environments">of a decision</param>
    public static ModelMeasurement Run(string what, Config config, Timing timing, int environments)
    {
        var benchmark = new Benchmark(config, timing, profiles: false);
        return what == "act" ? benchmark.Act(environments) : benchmark.Update();
    }

    private ModelMeasurement Update()
    {
        var layout = LayoutOf(config);
        using var agent = Timed(layout, "update");
        var products = (agent as ICountedAgent)?.Products;
        return Measured("update", UpdatesOf(agent, BatchFor(agent, layout)),
            2e-9 * products?.Update ?? new Arithmetic(config, layout).Update, agent.Modules, TypeOf(agent, layout),
            products?.Cycle ?? 1) with { Gradients = GradientsOf(agent.Optimizers.Values) };
    }

    // As many as there are second moments.
    private static long GradientsOf(IEnumerable<Torch.Optim.Optimizer> optimizers) => optimizers
        .SelectMany(optimizer => optimizer.State).Where(moment => moment.Name.EndsWith(".v", StringComparison.Ordinal))
        .Sum(moment => moment.Value.Numel);

    private ModelMeasurement UpdateV()
    {
        var layout = LayoutOf(config);
        using var agent = Agent<WorldModels>(layout, "update_v");
        var pictures = RandomBatch(layout, 1, config.Vae.BatchSize);
        return Measured("update_v", UpdatesOf(agent, pictures), new Arithmetic(config, layout).UpdateV,
            Only("vae", agent), precision) with { Gradients = GradientsOf([agent.Optimizers["vae"]]) };
    }

    // M computes in float32, whatever V does.
    private ModelMeasurement UpdateM()
    {
        var layout = LayoutOf(config);
        using var agent = Agent<WorldModels>(layout, "update_m");
        return Measured("update_m", UpdatesOf(agent, RandomBatch(agent.Encoded)),
            new Arithmetic(config, layout).UpdateM, Only("memory", agent), DType.Float32)
            with { Gradients = GradientsOf([agent.Optimizers["memory"]]) };
    }

    private static Action UpdatesOf(IAgent agent, SequenceBatch batch)
    {
        ulong seed = 0;
        return () =>
        {
            using var scope = new TensorScope();
            agent.Update(batch, seed++).First(one => one.Key.StartsWith("loss", StringComparison.Ordinal)).Value.Item();
        };
    }

    private static Dictionary<string, Module> Only(string part, IAgent agent) => new() { [part] = agent.Modules[part] };

    private ModelMeasurement Behavior()
    {
        var layout = LayoutOf(config);
        using var agent = Learner(layout, "behavior");
        var update = () =>
        {
            using var scope = new TensorScope();
            using var noise = new Generator(device, 1);
            var posterior = agent.Model.Dynamics.Initial(config.Replay.BatchSize)
                .Map(part => part.Expand([config.Replay.ChunkLength, .. part.Shape]));
            var measures = new Dictionary<string, Tensor>();
            var (actor, critic) = agent switch
            {
                Dreamer one => one.BehaviorLosses(posterior, noise, measures),
                DreamerV2 two => two.BehaviorLosses(posterior, Tensor.Zeros([config.Replay.ChunkLength, config.Replay.BatchSize], device: device), noise, measures),
                _ => throw new ReverieException($"behavior: agent {config.Agent} learns none; take --preset dreamer,small"),
            };
            agent.Optimizers["actor"].Step(actor, keepGraph: true);
            agent.Optimizers["critic"].Step(critic).Item();
        };
        return Measured("behavior", update, new Arithmetic(config, layout).Behavior, agent.Modules, precision);
    }

    private ModelMeasurement Act(int count = 1)
    {
        var layout = LayoutOf(config);
        using var agent = Timed(layout, "act");
        using var state = agent.Begin(count, 1);
        var row = new TimeStep
        {
            Image = RandomBatch(layout, 1, 1).Image, Vector = new float[layout.VectorSize],
            ActionMask = [.. Enumerable.Repeat(true, layout.MaskSize)],
        };
        TimeStep[] rows = [.. Enumerable.Repeat(row, count)];
        var act = () => { agent.Act(rows, state, ActMode.Collect); };
        return Measured("act", act, count * (2e-9 * (agent as ICountedAgent)?.Products.Act ?? new Arithmetic(config, layout).Act),
            agent.Modules, TypeOf(agent, layout));
    }

    private ModelMeasurement Plan()
    {
        var layout = LayoutOf(config);
        using var agent = new PlaNet(config, layout, device, precision);
        using var noise = new Generator(device, 1);
        var planner = PlannerRegistry.Create(config.Planner, precision, layout.Groups);
        using var captured = new CapturedWork("planning", config.Compute.Graphs == "auto" ? device : Device.Cpu, Say);
        var plan = () =>
        {
            using var scope = new TensorScope();
            using var noGrad = new NoGrad();
            var start = agent.Model.Dynamics.Initial(1);
            captured.Run("from one state", [.. start.Parts], [], noise,
                (parts, random) => [planner.Plan(agent.Model, start.With(parts), random)])[0].ToArray<float>();
        };
        return Measured("plan", plan, new Arithmetic(config, layout).Plan, agent.Modules, precision);
    }

    private ReplayMeasurement Replay()
    {
        var layout = LayoutOf(config);
        using var agent = Learner(layout, "replay");
        using var replay = new ReplayBenchmark(config, layout, timing.Stop);
        return replay.Measure(agent.Model, device, precision, timing);
    }

    // A generation of the evolution strategy without evaluation, at the size of World Models' controller of CarRacing.
    // The mean over as many as share a decomposition, since one of them pays for it.
    private EvolutionMeasurement Evolve()
    {
        const int Parameters = 867, Population = 64;
        using var search = new CmaEs(new double[Parameters], 0.1, Population);
        var costs = new double[Population];
        ulong seed = 0;
        var cycle = (int)search.Constants.DecompositionGap + 1;
        var seconds = timing.Seconds(() =>
        {
            for (var g = 0; g < cycle; g++)
            {
                var candidates = search.Ask(seed++);
                for (var i = 0; i < costs.Length; i++) costs[i] = candidates[i].Sum(x => x * x);
                search.Tell(candidates, costs);
            }
        });
        return new EvolutionMeasurement("evolve", seconds / cycle, Parameters, Population);
    }

    private ModelAgent Learner(EpisodeLayout layout, string what)
    {
        var agent = Agent<ModelAgent>(layout, what);
        agent.Logger = new LineLogger(Say);
        return agent;
    }

    // One that says its arithmetic, or whose arithmetic follows from its model.
    private IAgent Timed(EpisodeLayout layout, string what)
    {
        var agent = Created(layout);
        if (agent is ModelAgent learner) learner.Logger = new LineLogger(Say);
        if (agent is ModelAgent or ICountedAgent) return agent;
        agent.Dispose();
        throw Lacks(what);
    }

    // Without a model convolutions alone are in less than float32.
    private DType TypeOf(IAgent agent, EpisodeLayout layout) =>
        agent is ICountedAgent && layout.Image is null ? DType.Float32 : precision;

    private static void Say(string line) => Console.Error.WriteLine($"bench: {line}");

    private T Agent<T>(EpisodeLayout layout, string what) where T : class, IAgent =>
        Created(layout) as T ?? throw Lacks(what);

    private IAgent Created(EpisodeLayout layout)
    {
        var agent = AgentRegistry.Create(config, layout, device, precision);
        ThreadChoice.Make(config, agent, layout);
        return agent;
    }

    private ReverieException Lacks(string what) => new(Of(config.Agent) is { Count: > 0 } has
        ? $"{what}: agent {config.Agent} has none; it has {string.Join(", ", has)}"
        : $"agent {config.Agent} has nothing that could be timed here");

    /// <summary>What is seen and done under a configuration.</summary>
    public static EpisodeLayout LayoutOf(Config config) => EpisodeLayout.From(
        EnvironmentRegistry.ObservationSpaceOf(config.Task, config.Environment, config.Model.Sees()),
        EnvironmentRegistry.ActionSpaceOf(config.Task, config.Environment));

    // What it learns from: a rollout of every environment, or chunks of the replay.
    private SequenceBatch BatchFor(IAgent agent, EpisodeLayout layout) =>
        agent is IActingMemory memory && AgentRegistry.Find(config.Agent).Loop is TrainingLoop.Rollouts
            ? RandomBatch(layout, config.Training.Rollout + 1, config.Environment.Count, memory.MemoryRows) : RandomBatch(layout);

    private SequenceBatch RandomBatch(EpisodeLayout layout) =>
        RandomBatch(layout, config.Replay.ChunkLength, config.Replay.BatchSize);

    private static SequenceBatch RandomBatch(EpisodeLayout layout, int length, int size, LatentRows? memory = null)
    {
        var batch = new SequenceBatch(layout, length, size, memory);
        var random = new Random(1);
        random.NextBytes(batch.Image);
        for (var i = 0; i < batch.Vector.Length; i++)
            batch.Vector[i] = 2 * random.NextSingle() - 1;
        for (var i = 0; i < batch.Action.Length; i++)
            batch.Action[i] = 2 * random.NextSingle() - 1;
        for (var i = 0; i < batch.Reward.Length; i++)
            batch.Reward[i] = random.NextSingle();
        return batch;
    }

    private ModelMeasurement Measured(
        string what, Action work, double gigaflop, IReadOnlyDictionary<string, Module> parts, DType type, int cycle = 1)
    {
        var (seconds, processor) = timing.Both(() =>
        {
            for (var i = 0; i < cycle; i++) work();
        });
        var memory = Measurement.Peak();
        return ModelMeasurement.Of(what, seconds / cycle, gigaflop, type, ProductLimit.Measure(device, timing)) with
        {
            ProcessorSeconds = processor / cycle,
            PeakMemoryBytes = memory,
            Parameters = parts.ToDictionary(part => part.Key, part => part.Value.ParameterCount),
            Profile = Watched(work, parts),
        };
    }

    private WorkProfile? Watched(Action work, IReadOnlyDictionary<string, Module> parts)
    {
        if (!profiles) return null;
        using var profile = new Profile(parts);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < timing.Repeats; i++)
        {
            timing.Stop.ThrowIfCancellationRequested();
            work();
        }
        return new WorkProfile(clock.Elapsed.TotalSeconds / timing.Repeats, timing.Repeats, profile.Finish());
    }
}
