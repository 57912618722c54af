namespace Reverie.Agents;

/// <summary>When an agent learns, and from what: the loop that trains it.</summary>
public enum TrainingLoop
{
    /// <summary>Between episodes, from chunks of those that it has played (PlaNet, Dreamer, DreamerV2).</summary>
    Episodes,

    /// <summary>While episodes go on, as much as <c>training.train_ratio</c> says, from chunks of what it has played (DreamerV3 and
    /// agents without a model). What <see cref="AgentKind.Make"/> makes is then an <see cref="IStepAgent"/>.</summary>
    Steps,

    /// <summary>From what it did since the last update, and from nothing before (<c>training.rollout</c>): no episode is kept (A3C).
    /// What <see cref="AgentKind.Make"/> makes is then an <see cref="IActingMemory"/>.</summary>
    Rollouts,

    /// <summary>One part after the other, in the phases of World Models. What <see cref="AgentKind.Make"/> makes is then a
    /// <see cref="WorldModels"/>.</summary>
    Phases,
}
