using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Agents;

/// <summary>
/// An agent that imagines in its model and learns there what to do: an actor that chooses and a critic that says what
/// states are worth, each with an optimizer of its own. What the Dreamers have in common; what they learn by is theirs.
/// </summary>
public abstract class ActorCriticAgent : ModelAgent
{
    private readonly Critic? slowCritic;

    /// <summary>Makes model, actor and critic with new parameters.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions and of imagination; losses and parameters stay float32.</param>
    /// <param name="hasSlowCritic">Whether there is a second critic, which starts as the first and follows it.</param>
    /// <param name="asModel">Whether actor and critic are normalised and initialised as the model is.</param>
    protected ActorCriticAgent(Config config, EpisodeLayout layout, Device device, DType precision,
        bool hasSlowCritic, bool asModel) : base(config, layout, device, precision)
    {
        using var scope = new TensorScope();
        using var random = NewParameters(1);
        var init = asModel ? new Initializer(device, random) { Rule = config.Model.InitRule } : new Initializer(device, random);
        var (features, activation) = (Model.Dynamics.FeatureSize, config.Model.Activation);
        var norm = asModel ? config.Model.Norm : "none";
        Actor = new Actor(features, layout.Groups, config.Actor, activation, init, norm);
        Critic = new Critic(features, config.Critic, activation, init, norm);
        if (hasSlowCritic)
        {
            slowCritic = new Critic(features, config.Critic, activation, init, norm);
            slowCritic.MoveTowards(Critic, 1);
        }
        ActorOptimizer = NewOptimizer(AgentParts.Learned(config, "actor", Actor), config.Actor.LearningRate);
        CriticOptimizer = NewOptimizer(AgentParts.Learned(config, "critic", Critic), config.Critic.LearningRate);
    }

    /// <summary>π(a | x).</summary>
    public Actor Actor { get; }

    /// <summary>v(x).</summary>
    public Critic Critic { get; }

    /// <summary>The critic as it was some updates ago, or its running average.</summary>
    /// <exception cref="InvalidOperationException">The agent has none.</exception>
    protected Critic Slow => slowCritic ?? throw new InvalidOperationException("the agent has no slow critic");

    /// <summary>Has the slow critic go a part of the way to the critic, unless both stay as they are.</summary>
    protected void FollowCritic()
    {
        if (!Config.Transfer.Frozen.Contains("critic")) Slow.MoveTowards(Critic, Config.Critic.SlowFraction);
    }

    /// <summary>Steps the actor's parameters.</summary>
    protected Optimizer ActorOptimizer { get; }

    /// <summary>Steps the critic's parameters.</summary>
    protected Optimizer CriticOptimizer { get; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Module> Modules
    {
        get
        {
            var all = new Dictionary<string, Module>(base.Modules) { ["actor"] = Actor, ["critic"] = Critic };
            if (slowCritic is not null) all["slow_critic"] = slowCritic;
            return all;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Optimizer> Optimizers =>
        new Dictionary<string, Optimizer>(base.Optimizers) { ["actor"] = ActorOptimizer, ["critic"] = CriticOptimizer };

    /// <summary>The policy's sample, with noise where the configuration has some; without exploration its
    /// mode.</summary>
    protected override Tensor Choose(LatentState belief, Generator noise, ActMode mode, Tensor? allowed)
    {
        var policy = Actor.Forward(Model.Dynamics.Feature(belief), noise, allowed);
        return mode == ActMode.Deterministic ? Exploration.MostProbable(policy)
            : Exploration.Choose(policy, mode == ActMode.Collect, Model.Layout.Groups, Config.Exploration,
                ModelOptimizer.StepCount, noise, allowed);
    }

    /// <summary>π(a | x) in states that are imagined, of what the model believes to be allowed there.</summary>
    /// <param name="features">(…, F).</param>
    /// <param name="noise">Source of what policies without formulas need.</param>
    public Distribution Policy(Tensor features, Generator noise) =>
        Actor.Forward(features, noise, Model.Allowed(features));

    /// <inheritdoc/>
    internal override Tensor ValueOf(LatentState belief) => Critic.Forward(Model.Dynamics.Feature(belief)).Mean;

    /// <inheritdoc/>
    public override void Dispose()
    {
        ActorOptimizer.Dispose();
        CriticOptimizer.Dispose();
        Actor.Dispose();
        Critic.Dispose();
        slowCritic?.Dispose();
        base.Dispose();
    }
}
