using System.CommandLine;
using Reverie.Configuration;
using Reverie.Environments;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie env check TASK</c>: what is wrong with an environment.</summary>
internal sealed class EnvCheckVerb : Verb
{
    private readonly Argument<string[]> tasks = new("TASK")
    {
        Description = "tasks of `reverie tasks`",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int> steps = new("--steps")
    {
        Description = "steps to take at least",
        HelpName = "N",
        DefaultValueFactory = _ => 300,
    };

    public EnvCheckVerb() : base("check", "Look an environment over: spaces, shapes, flags, rewards, seeds.")
    {
        Add(tasks);
        Add(steps);
    }

    public override string[] Examples =>
    [
        "reverie env check cartpole_swingup",
        "reverie env check cartpole_swingup cartpole_balance --steps 1000 --json",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var healthy = true;
        foreach (var task in parsed.GetRequiredValue(tasks))
        {
            var findings = EnvironmentChecker.Check(
                task, new EnvironmentConfig { Quality = "fast" }, Math.Max(1, parsed.GetValue(steps)));
            var ok = !findings.Any(finding => finding.IsError);
            healthy &= ok;
            report.Row(
                new
                {
                    Task = task,
                    Ok = ok,
                    Errors = findings.Where(finding => finding.IsError).Select(finding => finding.What),
                    Warnings = findings.Where(finding => !finding.IsError).Select(finding => finding.What),
                },
                $"{task}: {(ok ? "ok" : "broken")}");
            foreach (var finding in findings)
                report.Say($"  {(finding.IsError ? "error" : "warning")}: {finding.What}");
        }
        return healthy ? 0 : 1;
    }
}
