using System.CommandLine;
using Reverie.Environments;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie tasks</c>: what can be trained on.</summary>
internal sealed class TasksVerb() : Verb("tasks", "List the tasks an agent can be trained on.")
{
    public override string[] Examples => ["reverie tasks", "reverie tasks --json"];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        report.Table(
            [.. EnvironmentRegistry.Tasks.Select(info => new
            {
                info.Task, info.Domain, info.VectorSize, info.ActionSize, Discrete = info.ActionSpace is DiscreteSpace,
                info.ActionRepeat, info.EpisodeDecisions, info.Camera,
            })],
            ("task", row => row.Task), ("domain", row => row.Domain), ("vector", row => $"{row.VectorSize}"),
            ("actions", row => row.Discrete ? $"one of {row.ActionSize}" : $"{row.ActionSize}"),
            ("repeat", row => $"{row.ActionRepeat}"), ("decisions", row => $"{row.EpisodeDecisions}"),
            ("camera", row => $"{row.Camera}"));
        return 0;
    }
}
