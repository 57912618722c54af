using System.CommandLine;
using Reverie.Cli.Bench;
using Reverie.Cli.Display;
using Reverie.Configuration;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie bench WHAT</c>: how fast it is here, and how fast it could be.</summary>
internal sealed class BenchVerb : Verb
{
    private readonly Argument<string[]> what = new("WHAT")
    {
        Description = "update (one step of training), behavior (the part of it that learns actor and critic), "
            + "act (one decision), plan (its search alone), env (one decision's worth of simulation)",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly RunOptions options = new();

    private readonly Option<int> repeats = new("--repeats")
    {
        Description = "timed repetitions; the median is printed",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };

    public BenchVerb() : base("bench", "Time an update, a decision, an environment step; compare with the machine's limit.")
    {
        Add(what);
        Add(repeats);
        options.AddTo(this);
    }

    public override string[] Examples =>
    [
        "reverie bench update --preset planet,paper",
        "reverie bench update behavior act --preset dreamer,small",
        "reverie bench plan update env --preset planet,small --set compute.precision=fp32 --json",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        if (parsed.GetRequiredValue(what).FirstOrDefault(name => !Benchmark.Names.Contains(name)) is { } unknown)
            throw new ReverieException($"there is no benchmark {unknown}{NearestName.Hint(unknown, Benchmark.Names)}");
        var (_, resolved, _) = options.Resolve(parsed);
        foreach (var name in parsed.GetRequiredValue(what))
        {
            var row = Benchmark.Run(name, resolved.Config, Math.Max(1, parsed.GetValue(repeats)), stop);
            var rate = row.Gflops is null ? "" : $"  {row.Gflops:0} GFLOP/s, {row.PercentOfLimit:0} % of the "
                + $"{row.LimitGflops:0} GFLOP/s of a large matrix product";
            report.Row(row, $"{row.What,-8} {Words.Figure(row.Seconds)} s{rate}");
        }
        return 0;
    }
}
