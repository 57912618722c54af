using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments.Games;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Training;

// A dynamics, an agent and a preset of one's own; from here on settings take their names like any others.
GameTasks.Register();
DynamicsRegistry.Register(LeakyMemory.Kind);
AgentRegistry.Register(CalmDreamer.Kind);
Presets.Register("calm", """
    # Dreamer that dislikes haste, with a memory that leaks: stack it after dreamer and a size
    agent: calm_dreamer
    model:
      dynamics: leaky
    """);

var config = ConfigReader.Resolve(new ConfigSources
{
    Presets = ["dreamer", "tiny", "debug", "calm"], Overrides = [ConfigOverride.Parse("task=catch")],
});
using var run = TrainingRun.Open("runs/calm", config);
run.Train(Console.WriteLine);
Console.WriteLine($"trained: {run.Counters.Updates} updates of {run.Agent.GetType().Name}");

/// <summary>h ← ¾ h + ¼ tanh(W [h, s, a]); prior and posterior of s are Gaussians.</summary>
internal sealed class LeakyMemory : LatentDynamics
{
    public static DynamicsKind Kind { get; } = new()
    {
        Name = "leaky", Make = (config, actions, embed, init) => new LeakyMemory(config, actions, embed, init),
    };
    private readonly Linear memory;
    private readonly GaussianHead prior, posterior;

    private LeakyMemory(ModelConfig config, int actions, int embed, Initializer init)
        : base(config.Stoch, config.Deter, init)
    {
        memory = Register("memory", new Linear(config.Deter + config.Stoch + actions, config.Deter, init));
        prior = Register("prior", new GaussianHead(config.Deter, config, init));
        posterior = Register("posterior", new GaussianHead(config.Deter + embed, config, init));
    }

    public override LatentState PriorStep(LatentState previous, Tensor action, Tensor? noise)
    {
        var into = Tensor.Cat([previous.Deter, previous.Stoch, action.To(previous.Deter.DType)], -1);   // (B, D + S + A)
        var deter = previous.Deter * 0.75 + memory.Forward(into).To(previous.Deter.DType).Tanh() * 0.25;
        var drawn = prior.Forward(deter);
        return new(deter, drawn.Sample(noise).To(deter.DType), drawn);
    }

    public override LatentState PosteriorStep(
        LatentState previous, Tensor action, LatentState prior, Tensor embed, Tensor? noise)
    {
        var drawn = posterior.Forward(Tensor.Cat([prior.Deter, embed.To(prior.Deter.DType)], -1));
        return new(prior.Deter, drawn.Sample(noise).To(prior.Deter.DType), drawn);
    }
}

/// <summary>Dreamer whose actor pays for every change of what it does.</summary>
internal sealed class CalmDreamer(Config config, EpisodeLayout layout, Device device, DType precision)
    : Dreamer(config, layout, device, precision)
{
    public static new AgentKind Kind { get; } = Dreamer.Kind with
    {
        Name = "calm_dreamer", Make = (config, layout, device, type) => new CalmDreamer(config, layout, device, type),
    };
    protected override Tensor ActorLoss(Imagination.Trajectory imagined, Tensor weights, Tensor returns)
    {
        var (actions, pairs) = (imagined.Actions!, imagined.Actions!.Size(0) - 1);          // (H, N, A)
        var change = actions.Narrow(0, 1, pairs) - actions.Narrow(0, 0, pairs);
        return base.ActorLoss(imagined, weights, returns) + change.Square().Mean() * 0.01;
    }
}
