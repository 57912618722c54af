using System.CommandLine;
using Reverie.Cli.Bench;
using Reverie.Cli.Display;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie bench WHAT</c>: how fast it is here, and how fast it could be.</summary>
internal sealed class BenchVerb : Verb
{
    private const string Environments = "env", GrowthOf = "growth", AllTasks = "all", All = "all", Update = "update", Act = "act";
    private const int MostLines = 25;

    private static readonly string[] Names = [.. Benchmark.Names, Environments, GrowthOf, All];

    private readonly Argument<string[]> what = new("WHAT")
    {
        Description = "update (one step of training; of world_models update_v and update_m, one of V and one of M), "
            + "behavior (the part of it that learns actor and critic), act (one decision), "
            + "plan (its search alone), replay (a batch from the replay to the network), "
            + "evolve (a generation of CMA-ES, 867 parameters), env (physics, pictures and decisions of 1, 2 and 4 "
            + "environments; --task all does every task), growth (an update at smaller and larger batches, chunks, pictures and "
            + "layers, and a decision of more environments), all (one table of those that the agent has)",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly RunOptions options = new();

    private readonly Option<int> repeats = new Option<int>("--repeats")
    {
        Description = "timed repetitions; the median is printed",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    }.AtLeast(1);

    private readonly Option<bool> againstC = new("--against-c")
    {
        Description = "env: run the same loops in C in turns, and tell how many times as fast these are",
    };

    private readonly Option<bool> againstPyTorch = new("--against-pytorch")
    {
        Description = "update: do the same one in plain PyTorch, in each of its forms, and tell how many times as long the "
            + "fastest takes",
    };

    private readonly Option<string> python = new("--python")
    {
        Description = "for --against-pytorch, a Python that can import torch [default: python3, /usr/bin/python3]",
        HelpName = "PATH",
    };

    private readonly Option<string> forms = new("--forms")
    {
        Description = "for --against-pytorch, which forms, such as eager,autocast,channels-last,compile,autocast+compile "
            + "[default: all of use; autocast, in bfloat16, where the update here is in bfloat16 too]",
        HelpName = "NAMES",
    };

    private readonly Option<bool> onnx = new("--onnx")
    {
        Description = "act: export the agent, and time a decision here and in ONNX Runtime in turns, on one thread in float32",
    };

    private readonly Option<bool> scaling = new("--scaling")
    {
        Description = "update: also compute, from its time and the size of its gradients, what 2 to 64 ranks would take over 10 and "
            + "100 Gbit/s",
    };

    private readonly Option<bool> profile = new("--profile")
    {
        Description = "also tell the time of each operator and of each layer",
    };

    public BenchVerb() : base("bench", "Time an update, a decision, environments; compare with the machine's limit.")
    {
        Add(what);
        this.AddAll(repeats, againstC, againstPyTorch, python, forms, onnx, scaling, profile);
        options.AddTo(this);
    }

    public override string[] Examples =>
    [
        "reverie bench update --preset planet,paper",
        "reverie bench update behavior act --preset dreamer,small",
        "reverie bench plan update env --preset planet,small --set compute.precision=fp32 --json",
        "reverie bench update --preset planet,small --profile",
        "reverie bench env --task all --against-c",
        "reverie bench all --preset dreamer,small",
        "reverie bench growth --preset planet,small --set compute.threads=1",
        "reverie bench update --preset planet,small --against-pytorch --set compute.precision=fp32",
        "reverie bench update --task car_racing --preset world_models,small --against-pytorch",
        "reverie bench update --preset dreamerv3,small --scaling",
        "reverie bench act --preset dreamerv3,small --onnx",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var asked = parsed.GetRequiredValue(what);
        if (asked.FirstOrDefault(name => !Names.Contains(name)) is { } unknown)
            throw new ReverieException($"there is no benchmark {unknown}{NearestName.Hint(unknown, Names)}");
        var python = Opponent(parsed, asked, stop);
        if (parsed.GetValue(onnx) && !asked.Contains(Act))
            throw new ReverieException("--onnx: a decision alone is exported; name it: bench act");
        if (parsed.GetValue(scaling) && !asked.Any(IsUpdate))
            throw new ReverieException("--scaling: ranks divide an update; name it: bench update");
        if (asked.Contains(All))
            return RunAll(parsed, report, stop);
        if (parsed.GetValue(profile)
            && asked.FirstOrDefault(name => name is Environments or GrowthOf or "evolve" or "replay") is { } other)
            throw new ReverieException($"--profile: {other} has no layers to tell apart; leave one of the two out");
        var same = true;
        foreach (var name in asked)
            if (name == Environments)
                same &= RunEnvironments(parsed, report, stop);
            else if (name == GrowthOf)
                Tell(report, Growth.Run(options.Resolve(parsed).Config.Config, Timing(parsed, stop),
                    line => report.Error.WriteLine($"bench: {line}")));
            else if (name == Act && parsed.GetValue(onnx))
                Tell(report, OnnxComparison.Run(options.Resolve(parsed).Config.Config, Timing(parsed, stop)));
            else
                RunModel(name, parsed, report, python, stop);
        return same ? 0 : 1;
    }

    private static bool IsUpdate(string name) => name.StartsWith(Update, StringComparison.Ordinal);

    // Found before anything is timed, since it may be missing. Null where none was asked for.
    private PyTorch? Opponent(ParseResult parsed, string[] asked, CancellationToken stop)
    {
        if (!parsed.GetValue(againstPyTorch))
            return (parsed.GetValue(python), parsed.GetValue(forms)) is (null, null) ? null
                : throw new ReverieException("--python and --forms are for --against-pytorch");
        PyTorchForm.Of(parsed.GetValue(forms), bf16: true, pictures: true);
        if (!asked.Any(IsUpdate))
            throw new ReverieException("--against-pytorch: PyTorch does the update alone; name it: bench update");
        var config = options.Resolve(parsed).Config.Config;
        PyTorchComparison.Demand(config, Benchmark.LayoutOf(config));
        return PyTorch.Find(parsed.GetValue(python), stop);
    }

    private int RunAll(ParseResult parsed, Report report, CancellationToken stop)
    {
        if (parsed.GetValue(profile) || parsed.GetValue(againstC) || parsed.GetValue(againstPyTorch) || parsed.GetValue(onnx))
            throw new ReverieException(
                "bench all is one table; --profile, --against-c, --against-pytorch and --onnx go with single benchmarks");
        var config = options.Resolve(parsed).Config.Config;
        report.Say(Measurement.Heading);
        foreach (var name in Benchmark.Of(config.Agent))
            Tell(Benchmark.Run(name, config, Timing(parsed, stop), profiles: false));
        Tell(EnvironmentBenchmark.Run(config, Repeats(parsed), againstC: false, stop));
        return 0;
        void Tell(Measurement row) => report.Row(row, row.Row);
    }

    private void RunModel(
        string name, ParseResult parsed, Report report, PyTorch? python, CancellationToken stop)
    {
        var config = options.Resolve(parsed).Config.Config;
        foreach (var part in Benchmark.Parts(name, config.Agent))
            RunOne(part, config, parsed, report, python, Timing(parsed, stop));
    }

    private void RunOne(
        string name, Config config, ParseResult parsed, Report report, PyTorch? python, Timing timing)
    {
        var row = Benchmark.Run(name, config, timing, parsed.GetValue(profile));
        report.Row(row, row.Text);
        if (row is not ModelMeasurement model) return;
        if (model.Profile is { } watched)
        {
            report.Say($"watched: {Words.Figure(watched.Seconds)} s, "
                + $"{Words.Figure(watched.BetweenSeconds)} s between operators");
            Tell(report, name, "operator", watched.Operators(), watched.Seconds);
            Tell(report, name, "layer", watched.Layers(), watched.Seconds);
        }
        if (parsed.GetValue(scaling) && IsUpdate(name))
        {
            report.Say($"{RankRow.Premises}; {Words.Count(model.Gradients)} numbers");
            Table(report, RankRow.Of(model.Seconds, model.Gradients));
        }
        if (python is not null && IsUpdate(name))
            Tell(report, PyTorchComparison.Run(model, python, config, Benchmark.LayoutOf(config), timing,
                parsed.GetValue(forms), line => report.Error.WriteLine($"bench: {line}")));
    }

    private static void Tell(Report report, PyTorchRow[] rows)
    {
        Table(report, rows);
        var (ours, peer) = (rows[0], rows.Single(row => row.Fastest));
        report.Say($"the fastest form of {peer.Program} is {peer.Form}: {Words.Figure(peer.Ratio)} times as long as here, "
            + (peer.Compared == peer.Seconds && ours.Compared == ours.Seconds ? "by the clock" : "of the processor's time"));
    }

    private static void Table(Report report, PyTorchRow[] rows) => report.Table(rows,
        ("program", row => row.Name), ("type", row => row.Precision), ("threads", row => $"{row.Threads}"),
        ("parameters", row => Words.Count(row.Parameters)), ("seconds", row => Words.Figure(row.Seconds)),
        ("of the processor", row => Words.Figure(row.ProcessorSeconds)), ("GFLOP/s", row => $"{row.Gflops:0}"), ("memory", row => Words.Gigabytes(row.PeakMemoryBytes)),
        ("times as long", row => Words.Figure(row.Ratio)));

    private static void Table(Report report, RankRow[] rows) => report.Table(rows,
        ("ranks", row => $"{row.Ranks}"), ("Gbit/s", row => $"{row.Gigabits}"),
        ("seconds, computed", row => Words.Figure(row.Seconds)),
        ("in communication, computed", row => $"{100 * row.CommunicationShare:0} %"),
        ("times as fast, computed", row => Words.Figure(row.TimesAsFast)));

    private static void Tell(Report report, GrowthRow[] rows) => report.Table(rows,
        ("setting", row => row.Setting), ("value", row => row.Value), ("time of", row => row.Of),
        ("seconds", row => Words.Figure(row.Seconds)), ("of the processor", row => Words.Figure(row.ProcessorSeconds)),
        ("GFLOP/s", row => $"{row.Gflops:0}"), ("of limit", row => $"{row.PercentOfLimit:0} %"));

    private static void Tell(Report report, OnnxRow[] rows) => report.Table(rows,
        ("a decision in", row => row.Program), ("threads", row => $"{row.Threads}"),
        ("microseconds", row => FormattableString.Invariant($"{1e6 * row.Seconds:0}")),
        ("of the processor", row => FormattableString.Invariant($"{1e6 * row.ProcessorSeconds:0}")),
        ("MB", row => row.Bytes == 0 ? "–" : FormattableString.Invariant($"{row.Bytes / 1e6:0.00}")),
        ("times as long", row => Words.Figure(row.Ratio)));

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
            report.Row(row, row.Text);
            same &= row.Same ?? true;
            if (row.Same == false)
                report.Error.WriteLine($"reverie: on {row.Task} the loop in C came to other states or pictures, "
                    + "so the two did not do the same work");
        }
        var (first, others) = (configs[0].Environment.Of<MujocoSettings>(),
            compare ? "; behind: how many times as many as in C" : "");
        report.Say($"decisions: together, with pictures of quality {first.Quality}{others}");
        return same;
    }

    private Timing Timing(ParseResult parsed, CancellationToken stop) => new(Repeats(parsed), stop);

    private int Repeats(ParseResult parsed) => parsed.GetValue(repeats);
}
