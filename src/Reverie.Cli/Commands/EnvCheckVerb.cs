using System.CommandLine;
using System.Globalization;
using Reverie.Cli.Display;
using Reverie.Configuration;
using Reverie.Environments;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie env check TASK</c>: what is wrong with an environment.</summary>
internal sealed class EnvCheckVerb : Verb
{
    private readonly Argument<string[]> tasks = new("TASK")
    {
        Description = "tasks of `reverie tasks`, or FILE.dll:TYPE",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int> steps = new Option<int>("--steps")
    {
        Description = "steps to take at least",
        HelpName = "N",
        DefaultValueFactory = _ => 300,
    }.AtLeast(1);

    private readonly SetOption set = new("a setting of the environment, e.g. environment.action_repeat=2, or "
        + "model.encoder=vector for what an agent with that would see");

    public EnvCheckVerb() : base("check",
        "Look an environment over: spaces, shapes, flags, rewards, ends, pictures, seeds, speed.")
    {
        Add(tasks);
        this.AddAll(steps, set);
    }

    public override string[] Examples =>
    [
        "reverie env check cartpole_swingup",
        "reverie env check cartpole_swingup cartpole_balance --steps 1000 --json",
        "reverie env check bin/Release/net10.0/Mine.dll:Mine.MyEnvironment --steps 3000",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var resolved = set.Resolve(parsed,
            new ConfigOverride("environment.quality", "fast", "env check"),
            new ConfigOverride("replay.chunk_length", "2", "env check"));    // nothing here wants episodes to hold more
        ObservationKind? asked = set.Of(parsed).Any(one => one.Key == "model.encoder") ? resolved.Model.Sees() : null;
        var healthy = true;
        foreach (var task in parsed.GetRequiredValue(tasks))
        {
            stop.ThrowIfCancellationRequested();
            var seen = EnvironmentChecker.Examine(
                task, resolved.Environment, parsed.GetValue(steps), asked);
            var ok = !seen.Findings.Any(finding => finding.IsError);
            healthy &= ok;
            report.Row(
                new
                {
                    Task = task,
                    Ok = ok,
                    Errors = seen.Findings.Where(finding => finding.IsError).Select(finding => finding.What),
                    Warnings = seen.Findings.Where(finding => !finding.IsError).Select(finding => finding.What),
                    Observation = seen.ObservationSpace?.ToString(),
                    Action = seen.ActionSpace?.ToString(),
                    seen.Measured,
                },
                $"{task}: {(ok ? "ok" : "broken")}");
            foreach (var finding in seen.Findings)
                report.Say($"  {(finding.IsError ? "error" : "warning")}: {finding.What}");
            foreach (var line in Words(seen))
                report.Say($"  {line}");
        }
        return healthy ? 0 : 1;
    }

    private static IEnumerable<string> Words(EnvironmentReport seen)
    {
        if (seen.ObservationSpace is not null)
            yield return $"shows {seen.ObservationSpace}, takes {seen.ActionSpace}";
        if (seen.Measured is not { } all)
            yield break;
        yield return all.Length is { } length
            ? $"episodes: {all.Episodes} ended, {all.Terminals} of them terminal; decisions {Range(length)}; "
                + $"return {Range(all.Return!)}"
            : "episodes: none ended";
        yield return $"reward of a decision: {Range(all.Reward)}";
        if (all.Picture is { } picture)
            yield return $"bytes of its pictures: {Range(picture)}";
        var envSteps = all.DecisionsPerSecond * all.EnvSteps / all.Decisions;
        yield return FormattableString.Invariant(
            $"speed: {all.DecisionsPerSecond:0} decisions a second, {envSteps:0} environment steps");
    }

    private static string Range(Spread numbers) => numbers.Least == numbers.Most
        ? $"always {Number(numbers.Most)}"
        : $"{Number(numbers.Least)} to {Number(numbers.Most)} (mean {Number(numbers.Mean)})";

    private static string Number(double value) => value.ToString(
        Math.Abs(value) is 0 or >= 1e-3 and < 1e9 or double.NaN ? "0.###" : "0.###E+0", CultureInfo.InvariantCulture);
}
