using System.Text.Json;
using System.Text.Json.Nodes;
using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

/// <summary>Records an episode of a task of ours as a reference file, without pictures, probes and starts.</summary>
internal static class Recording
{
    /// <param name="task">Its name.</param>
    /// <param name="steps">Control steps, with random actions.</param>
    internal static JsonObject Of(string task, int steps)
    {
        using var environment = ControlSuiteTasks.Make(task, seed: 4);
        var physics = environment.Physics;
        environment.Reset();
        var file = new JsonObject
        {
            ["task"] = task,
            ["nq"] = physics.Nq,
            ["nv"] = physics.Nv,
            ["na"] = physics.Na,
            ["nu"] = physics.Nu,
            ["control_timestep"] = environment.ControlTimestep,
            ["initial"] = Numbers(State(environment)),
        };
        var random = new RandomSource(2);
        var actions = new List<float[]>();
        var (rows, rewards) = (new List<Dictionary<string, double[]>>(), new List<double>());
        for (var step = 0; step < steps; step++)
        {
            actions.Add([.. Enumerable.Range(0, physics.Nu).Select(_ => (float)random.NextDouble(-1, 1))]);
            rewards.Add(environment.Step(actions[^1]).Reward);
            rows.Add(State(environment));
        }
        file["actions"] = Numbers(actions.Select(action => action.Select(x => (double)x)));
        file["after_step"] = Numbers(rows[0].Keys.ToDictionary(key => key, key => rows.Select(row => row[key])));
        file["after_step"]!["reward"] = Numbers(rewards);
        return file;
    }

    private static Dictionary<string, double[]> State(ControlTask task) => new()
    {
        ["qpos"] = task.Physics.Qpos.ToArray(),
        ["qvel"] = task.Physics.Qvel.ToArray(),
        ["act"] = task.Physics.Data("act").ToArray(),
        ["qacc_warmstart"] = task.Physics.Data("qacc_warmstart").ToArray(),
        ["observation"] = task.Observation(),
    };

    private static JsonNode Numbers<T>(T value) => JsonSerializer.SerializeToNode(value)!;
}
