using System.Diagnostics;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;

namespace Reverie.Cli.Bench;

/// <summary>Times physics, pictures and decisions of one task, in turns with the same loops in C.</summary>
internal sealed class EnvironmentBenchmark : IDisposable
{
    private const int ActionRows = 100, MostDecisions = 100, MostPictures = 1000, MostSteps = 20_000;
    private const double WarmUpSeconds = 0.3;
    private const double RunSeconds = 0.05;    // short, so that what disturbs the machine meets both programs

    private static readonly int[] Counts = [1, 2, 4];
    private static readonly PictureQuality[] Qualities = [PictureQuality.Suite, PictureQuality.Fast];

    private readonly EnvironmentConfig config;
    private readonly TaskInfo info;
    private readonly int[] seeds;
    private readonly float[][] actions;
    private readonly int repeat;
    private readonly Scenario? scenario;    // of tasks with physics
    private readonly List<ParallelEnvironments> opened = [];
    private DirectoryInfo? folder;
    private ControlLoop? loop;

    private EnvironmentBenchmark(Config all, bool againstC)
    {
        info = EnvironmentRegistry.Find(all.Task);
        config = againstC
            ? all.Environment.With(all.Environment.Of<MujocoSettings>() with { Gl = LikeC(all) })
            : all.Environment;
        seeds = [.. Enumerable.Range(all.Seed, Counts.Max())];
        actions = RandomActions(EnvironmentRegistry.ActionSpaceOf(info.Task, config), (ulong)all.Seed);
        repeat = config.ActionRepeat > 0 ? config.ActionRepeat : info.ActionRepeat;
        if (ControlSuiteTasks.Names.Contains(info.Task) && config.Discretize == 0)
            scenario = new Scenario(info.Task, actions, seeds, OpenGl.Named(Drawing.Gl));
    }

    /// <summary>Times the task of a configuration.</summary>
    /// <param name="config">task, repeat, quality, threads, seed</param>
    /// <param name="repeats">times that every loop is run; the median counts</param>
    /// <param name="againstC">whether the loops in C are run too</param>
    /// <param name="stop">leaves between two loops</param>
    /// <exception cref="ReverieException">the task cannot be compared with C</exception>
    public static EnvironmentMeasurement Run(Config config, int repeats, bool againstC, CancellationToken stop)
    {
        using var benchmark = new EnvironmentBenchmark(config, againstC);
        if (againstC)
            benchmark.StartLoop();
        return benchmark.Measure(repeats, stop);
    }

    /// <summary>Frees environments, the loop in C and its files.</summary>
    public void Dispose()
    {
        foreach (var one in opened)
            one.Dispose();
        scenario?.Dispose();
        loop?.Dispose();
        folder?.Delete(recursive: true);
    }

    private MujocoSettings Drawing => config.Of<MujocoSettings>();

    private static string LikeC(Config all) =>
        all.Environment.Of<MujocoSettings>().Gl == "egl" ? throw new ReverieException("the loop in C draws with OSMesa, not with EGL")
        : all.Environment.Discretize > 0 ? throw new ReverieException("the loop in C has no discrete actions")
        : ControlSuiteTasks.Names.Contains(all.Task) ? "osmesa"
        : throw new ReverieException($"{all.Task} is no task of the control suite; only those are done in C");

    private static float[][] RandomActions(Space space, ulong seed)
    {
        var random = RandomSource.Derive(seed);
        return [.. Enumerable.Range(0, ActionRows).Select(_ => RandomAction.Draw(space, random))];
    }

    private void StartLoop()
    {
        folder = Directory.CreateTempSubdirectory("reverie-bench-");
        var (model, text) = scenario!.Write(folder.FullName, info.Camera, repeat);
        loop = ControlLoop.Start(model, text, Qualities);
    }

    private EnvironmentMeasurement Measure(int repeats, CancellationToken stop)
    {
        var (here, there, ratios) = (new Dictionary<string, double>(), new Dictionary<string, double>(),
            new Dictionary<string, double>());
        var same = true;
        foreach (var timed in Loops())
        {
            var rounds = WarmUp(timed);
            var (own, other) = (new double[repeats], new double[repeats]);
            for (var i = 0; i < repeats; i++)
            {
                stop.ThrowIfCancellationRequested();
                var mine = timed.Here(rounds);
                var its = loop?.Carry($"{timed.Order} {rounds}", stop) ?? mine;
                same &= mine.Check.Equals(its.Check);
                (own[i], other[i]) = (mine.Seconds, its.Seconds);
            }
            here[timed.Name] = rounds * timed.Unit / Timing.Median(own);
            there[timed.Name] = rounds * timed.Unit / Timing.Median(other);
            ratios[timed.Name] = Timing.Median([.. own.Zip(other, (a, b) => b / a)]);
        }
        return new EnvironmentMeasurement("env", info.Task, Drawing.Quality, repeat, 1 / here["decisions_1"], here,
            loop is null ? null : there, loop is null ? null : ratios, loop is null ? null : same);
    }

    // Until the compiler has come back to the loop, and the program in C has its contexts. The rounds of a run follow.
    private int WarmUp(TimedLoop timed)
    {
        var clock = Stopwatch.StartNew();
        var rounds = 1;
        while (clock.Elapsed.TotalSeconds < WarmUpSeconds)
        {
            var seconds = Math.Max(timed.Here(rounds).Seconds, 1e-9);
            rounds = (int)Math.Clamp(rounds * RunSeconds / seconds, 1, timed.MostRounds);
        }
        loop?.Carry($"{timed.Order} 1");
        return rounds;
    }

    private IEnumerable<TimedLoop> Loops()
    {
        if (scenario is not null)
        {
            yield return new("physics_steps", scenario.Substeps, MostSteps, scenario.Physics, "physics");
            for (var i = 0; i < Qualities.Length; i++)
            {
                var quality = Qualities[i];
                yield return new(EnvironmentMeasurement.Names[1 + i], 1, MostPictures,
                    rounds => scenario.Pictures(quality, info.Camera, rounds), $"pictures {i}");
            }
        }
        var limit = Math.Min(config.TimeLimit > 0 ? config.TimeLimit : MostDecisions,
            info.EpisodeSteps > 0 ? info.EpisodeSteps / repeat : MostDecisions);
        if (scenario is null && info.ObservationSpace is MixedSpace)
        {
            var blind = Open(1, ObservationKind.Vector);
            yield return new(EnvironmentMeasurement.Names[0], repeat, Math.Clamp(limit, 1, MostDecisions),
                rounds => Decide(blind, rounds), "");
        }
        var drawnWith = Array.IndexOf(Qualities, PictureQuality.Named(Drawing.Quality));
        foreach (var count in Counts)
        {
            var environments = Open(count, ObservationKind.Pixels);
            yield return new($"decisions_{count}", count, Math.Clamp(limit, 1, MostDecisions),
                rounds => Decide(environments, rounds), $"decisions {drawnWith} {count} {environments.Threads}");
        }
    }

    private ParallelEnvironments Open(int count, ObservationKind asked)
    {
        var environments = new ParallelEnvironments(count, config.Threads,
            n => EnvironmentRegistry.Make(info.Task, config, seeds[n], asked));
        opened.Add(environments);
        return environments;
    }

    private LoopOutcome Decide(ParallelEnvironments environments, int rounds)
    {
        float[][] forAll = [.. actions.Select(row =>
            Enumerable.Repeat(row, environments.Count).SelectMany(x => x).ToArray())];
        environments.Reset(seeds.AsSpan(0, environments.Count));
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < rounds; i++)
        {
            environments.Step(forAll[i % forAll.Length]);
            if (AnyOver(environments.Rows))     // one that waited for the others would count for nothing
                environments.Reset(seeds.AsSpan(0, environments.Count));
        }
        return new LoopOutcome(clock.Elapsed.TotalSeconds, 0);
    }

    private static bool AnyOver(ReadOnlySpan<TimeStep> rows)
    {
        foreach (var row in rows)
            if (row.IsLast)
                return true;
        return false;
    }
}
