using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.ControlSuite;
using Reverie.Runs;
using Reverie.Training;

ControlSuiteTasks.Register();
var settings = ConfigReader.Resolve(new ConfigSources
{
    Presets = ["planet", "tiny", "debug"], Overrides = [ConfigOverride.Parse("task=cartpole_balance")],
});

// Train. Everything of the run is saved in its folder, and training goes on from there the next time.
using (var run = TrainingRun.Open("run", settings))
{
    run.Train(Console.WriteLine);
    Console.WriteLine($"trained and saved: {run.Counters.EnvSteps} environment steps, {run.Counters.Updates} updates");
}

// Load: another agent takes what the newest checkpoint holds.
using var parts = new RunParts(settings.Config, count: 1);
var saved = Checkpoint.LoadNewest("run/checkpoints", parts.Agent, Console.WriteLine)!;
Console.WriteLine($"loaded: {saved.Counters.Updates} updates");

// Act: the agent remembers what it saw in a state of its own.
using var environment = EnvironmentRegistry.Make("cartpole_balance", settings.Config.Environment, seed: 7);
using var state = parts.Agent.Begin(count: 1, seed: 7);
var row = environment.Reset();
var sum = 0.0;
for (var decisions = 0; !row.IsLast; decisions++)
{
    row = environment.Step(parts.Agent.Act([row], state, ActMode.Evaluate));
    sum += row.Reward;
}
Console.WriteLine($"acted: return {sum:0.00}");
