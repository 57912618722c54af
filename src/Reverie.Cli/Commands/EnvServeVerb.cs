using System.CommandLine;
using Reverie.Cli.Display;
using Reverie.Cli.Surroundings;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Gymnasium;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie env serve TASK</c>: plays a task for a Python at the other end of its pipes.</summary>
internal sealed class EnvServeVerb : Verb
{
    private readonly Argument<string> task = new("TASK") { Description = "a task of `reverie tasks`" };

    private readonly Option<string> observation = new("--observation")
    {
        Description = "pixels, vector or both",
        HelpName = "KIND",
        DefaultValueFactory = _ => "pixels",
    };

    private readonly SetOption set = new("a setting of the environment, e.g. environment.action_repeat=2");

    public EnvServeVerb() : base("serve",
        "Play a task for the Python package reverie_gymnasium, which starts this by itself.")
    {
        Add(task);
        this.AddAll(observation, set);
    }

    public override string[] Examples =>
        ["reverie env serve catch", "reverie env serve cartpole_swingup --observation both"];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        // At a terminal nobody else would end it; elsewhere the end of its input does, and signals are for its parent.
        using var ctrlC = stop.Register(() =>
        {
            if (!Console.IsInputRedirected) ProgramEnd.With(130);
        });
        if (Console.IsInputRedirected) StopSignals.ObeyNone();
        StandardOutput.GiveBack();      // it keeps both by itself
        EnvironmentServer.Serve(() => Make(parsed));
        return 0;
    }

    private (IEnvironment, TaskInfo) Make(ParseResult parsed)
    {
        var info = EnvironmentRegistry.Find(parsed.GetRequiredValue(task));
        var kind = parsed.GetValue(observation) switch
        {
            "pixels" => ObservationKind.Pixels,
            "vector" => ObservationKind.Vector,
            "both" => ObservationKind.Both,
            var other => throw new ReverieException($"--observation is pixels, vector or both, not {other}"),
        };
        // One step is one step there; settings may say otherwise. And nothing here wants episodes to hold chunks.
        var config = set.Resolve(parsed, new ConfigOverride("environment.action_repeat", "1", "env serve"),
            new ConfigOverride("replay.chunk_length", "2", "env serve")).Environment;
        return (EnvironmentRegistry.Make(info.Task, config, seed: 0, kind), info);
    }
}
