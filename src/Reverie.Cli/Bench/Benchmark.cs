using System.Diagnostics;
using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Training;

namespace Reverie.Cli.Bench;

/// <summary>Times what a run computes.</summary>
internal sealed class Benchmark
{
    // The shape of the encoder's work at published sizes; products of this size reach what the machine can do.
    private const int Rows = 2500, Inner = 1024, Columns = 3200;

    private readonly Config config;
    private readonly int repeats;
    private readonly bool profiles;
    private readonly CancellationToken stop;
    private readonly Device device;
    private readonly DType precision;

    private Benchmark(Config config, int repeats, bool profiles, CancellationToken stop)
    {
        // An update is timed whole, whatever a run begins with.
        this.config = config with { Imagination = config.Imagination with { AfterUpdates = 0 } };
        (this.repeats, this.profiles, this.stop) = (repeats, profiles, stop);
        (device, precision) = Compute.Prepare(config.Compute);
    }

    /// <summary>What can be timed.</summary>
    public static string[] Names { get; } = ["update", "behavior", "act", "plan", "evolve"];

    /// <summary>Times one of <see cref="Names"/>.</summary>
    /// <param name="what">one of them</param>
    /// <param name="config">what to compute</param>
    /// <param name="repeats">times it is done</param>
    /// <param name="profiles">whether to do it as often again, watching operators and layers</param>
    /// <param name="stop">leaves between two repetitions</param>
    public static Measurement Run(string what, Config config, int repeats, bool profiles, CancellationToken stop)
    {
        var benchmark = new Benchmark(config, repeats, profiles, stop);
        return what switch
        {
            "update" => benchmark.Update(),
            "behavior" => benchmark.Behavior(),
            "act" => benchmark.Act(),
            "evolve" => benchmark.Evolve(),
            _ => benchmark.Plan(),
        };
    }

    private Measurement Update()
    {
        var layout = Layout();
        using var agent = Learner(layout);
        var batch = RandomBatch(layout);
        ulong seed = 0;
        var update = () =>
        {
            using var scope = new TensorScope();
            agent.Update(batch, seed++)["loss"].Item();
        };
        return Measurement.Of("update", Median(update), new Arithmetic(config, layout).Update, Limit())
            with { Profile = Watched(update, agent) };
    }

    private Measurement Behavior()
    {
        var layout = Layout();
        using var agent = Learner(layout);
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
        return Measurement.Of("behavior", Median(update), new Arithmetic(config, layout).Behavior, Limit())
            with { Profile = Watched(update, agent) };
    }

    private Measurement Act()
    {
        var layout = Layout();
        using var agent = Learner(layout);
        using var state = agent.Begin(1, 1);
        var row = new TimeStep { Image = RandomBatch(layout).Image[..layout.ImageSize], Vector = new float[layout.VectorSize] };
        var act = () => { agent.Act([row], state, ActMode.Collect); };
        return new Measurement("act", Median(act), null, null, null) { Profile = Watched(act, agent) };
    }

    private Measurement Plan()
    {
        var layout = Layout();
        using var agent = new PlaNet(config, layout, device, precision);
        using var noise = new Generator(device, 1);
        var planner = new CemPlanner(config.Planner, precision, layout.OneHot);
        var plan = () =>
        {
            using var scope = new TensorScope();
            using var noGrad = new NoGrad();
            planner.Plan(agent.Model, agent.Model.Dynamics.Initial(1), noise).ToArray<float>();
        };
        return Measurement.Of("plan", Median(plan), new Arithmetic(config, layout).Plan, Limit())
            with { Profile = Watched(plan, agent) };
    }

    // A generation of the evolution strategy without evaluation, at the size of World Models' controller of CarRacing.
    // The mean over as many as share a decomposition, since one of them pays for it.
    private Measurement Evolve()
    {
        const int Parameters = 867, Population = 64;
        using var search = new CmaEs(new double[Parameters], 0.1, Population);
        var costs = new double[Population];
        ulong seed = 0;
        var cycle = (int)search.Constants.DecompositionGap + 1;
        var seconds = Median(() =>
        {
            for (var g = 0; g < cycle; g++)
            {
                var candidates = search.Ask(seed++);
                for (var i = 0; i < costs.Length; i++) costs[i] = candidates[i].Sum(x => x * x);
                search.Tell(candidates, costs);
            }
        });
        return new Measurement("evolve", seconds / cycle, null, null, null);
    }

    private ModelAgent Learner(EpisodeLayout layout) =>
        AgentFactory.Create(config, layout, device, precision) as ModelAgent
            ?? throw new ReverieException($"agent {config.Agent} learns nothing that could be timed");

    private EpisodeLayout Layout()
    {
        var info = EnvironmentRegistry.Find(config.Task);
        return EpisodeLayout.From(ObservationChoice.Of(info.Task, info.ObservationSpace, config.Model.Sees),
            EnvironmentRegistry.ActionSpaceOf(config.Task, config.Environment));
    }

    private SequenceBatch RandomBatch(EpisodeLayout layout)
    {
        var batch = new SequenceBatch(layout, config.Replay.ChunkLength, config.Replay.BatchSize);
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

    // GFLOP/s of a large product in the type that is computed in.
    private double Limit()
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var (a, b) = (Tensor.Ones([Rows, Inner], precision, device), Tensor.Ones([Inner, Columns], precision, device));
        var seconds = Median(() =>
        {
            using var inner = new TensorScope();
            a.Matmul(b)[0].Narrow(0, 0, 1).Item();
        });
        return 2e-9 * Rows * Inner * Columns / seconds;
    }

    private WorkProfile? Watched(Action work, ModelAgent agent)
    {
        if (!profiles) return null;
        using var profile = new Profile(agent.Modules);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < repeats; i++)
        {
            stop.ThrowIfCancellationRequested();
            work();
        }
        return new WorkProfile(clock.Elapsed.TotalSeconds / repeats, repeats, profile.Finish());
    }

    private double Median(Action work)
    {
        work();
        var times = new double[repeats];
        for (var i = 0; i < repeats; i++)
        {
            stop.ThrowIfCancellationRequested();
            var clock = Stopwatch.StartNew();
            work();
            times[i] = clock.Elapsed.TotalSeconds;
        }
        return Median(times);
    }

    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    internal static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
