using System.CommandLine;
using Reverie.Cli.Bench;
using Reverie.Cli.Display;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.ControlSuite;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie bench WHAT</c>: how fast it is here, and how fast it could be.</summary>
internal sealed class BenchVerb : Verb
{
    private const string Environments = "env", AllTasks = "all";
    private const int MostLines = 25;

    private static readonly string[] Names = [.. Benchmark.Names, Environments];

    private readonly Argument<string[]> what = new("WHAT")
    {
        Description = "update (one step of training), behavior (the part of it that learns actor and critic), "
            + "act (one decision), plan (its search alone), evolve (a generation of CMA-ES, 867 parameters), "
            + "env (physics, pictures and decisions of 1, 2 and 4 environments; --task all does every task)",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly RunOptions options = new();

    private readonly Option<int> repeats = new("--repeats")
    {
        Description = "timed repetitions; the median is printed",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };

    private readonly Option<bool> againstC = new("--against-c")
    {
        Description = "env: run the same loops in C in turns, and tell how many times as fast these are",
    };

    private readonly Option<bool> profile = new("--profile")
    {
        Description = "also tell the time of each operator and of each layer",
    };

    public BenchVerb() : base("bench", "Time an update, a decision, environments; compare with the machine's limit.")
    {
        Add(what);
        Add(repeats);
        Add(againstC);
        Add(profile);
        options.AddTo(this);
    }

    public override string[] Examples =>
    [
        "reverie bench update --preset planet,paper",
        "reverie bench update behavior act --preset dreamer,small",
        "reverie bench plan update env --preset planet,small --set compute.precision=fp32 --json",
        "reverie bench update --preset planet,small --profile",
        "reverie bench env --task all --against-c",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        if (parsed.GetRequiredValue(what).FirstOrDefault(name => !Names.Contains(name)) is { } unknown)
            throw new ReverieException($"there is no benchmark {unknown}{NearestName.Hint(unknown, Names)}");
        if (parsed.GetValue(profile)
            && parsed.GetRequiredValue(what).FirstOrDefault(name => name is Environments or "evolve") is { } other)
            throw new ReverieException($"--profile: {other} has no layers to tell apart; leave one of the two out");
        var same = true;
        foreach (var name in parsed.GetRequiredValue(what))
            if (name == Environments)
                same &= RunEnvironments(parsed, report, stop);
            else
                RunModel(name, parsed, report, stop);
        return same ? 0 : 1;
    }

    private void RunModel(string name, ParseResult parsed, Report report, CancellationToken stop)
    {
        var row = Benchmark.Run(name, options.Resolve(parsed).Config.Config, Repeats(parsed), parsed.GetValue(profile),
            stop);
        var rate = row.Gflops is null ? "" : $"  {row.Gflops:0} GFLOP/s, {row.PercentOfLimit:0} % of the "
            + $"{row.LimitGflops:0} GFLOP/s of a large matrix product";
        report.Row(row, $"{row.What,-8} {Words.Figure(row.Seconds)} s{rate}");
        if (row.Profile is not { } watched) return;
        report.Say($"watched: {Words.Figure(watched.Seconds)} s, {Words.Figure(watched.BetweenSeconds)} s between operators");
        Tell(report, name, "operator", watched.Operators(), watched.Seconds);
        Tell(report, name, "layer", watched.Layers(), watched.Seconds);
    }

    private static void Tell(Report report, string what, string kind, ProfileRow[] rows, double all) =>
        report.Table(
            [.. rows.Take(report.Json ? int.MaxValue : MostLines).Select(row => new
            {
                What = what, Kind = kind, row.Name, row.Calls, row.Forward, row.Backward, Share = row.Seconds / all,
            })],
            (kind, row => row.Name), ("calls", row => $"{row.Calls:0}"), ("forward ms", row => $"{1e3 * row.Forward:0.00}"),
            ("backward ms", row => $"{1e3 * row.Backward:0.00}"), ("share", row => $"{100 * row.Share:0.0} %"));

    private bool RunEnvironments(ParseResult parsed, Report report, CancellationToken stop)
    {
        var compare = parsed.GetValue(againstC);
        string?[] tasks = options.Task(parsed) != AllTasks ? [null]
            : compare ? [.. ControlSuiteTasks.Names]
            : [.. EnvironmentRegistry.Tasks.Where(info => info.Observation != ObservationKind.Vector)
                .Select(info => info.Task)];
        var configs = tasks.Select(task => options.Resolve(parsed, task).Config.Config).ToArray();
        report.Say(EnvironmentMeasurement.Heading);
        var same = true;
        foreach (var config in configs)
        {
            var row = EnvironmentBenchmark.Run(config, Repeats(parsed), compare, stop);
            report.Row(row, row.ToString());
            same &= row.Same ?? true;
            if (row.Same == false)
                report.Error.WriteLine($"reverie: on {row.Task} the loop in C came to other states or pictures, "
                    + "so the two did not do the same work");
        }
        var (first, others) = (configs[0].Environment, compare ? "; behind: how many times as many as in C" : "");
        report.Say($"decisions: together, with pictures of quality {first.Quality}{others}");
        return same;
    }

    private int Repeats(ParseResult parsed) => Math.Max(1, parsed.GetValue(repeats));
}
