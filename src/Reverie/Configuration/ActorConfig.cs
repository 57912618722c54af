namespace Reverie.Configuration;

/// <summary>The policy that is trained in imagination.</summary>
public sealed record ActorConfig
{
    /// <summary>Layers of the actor.</summary>
    [Setting("layers of the actor", Source = "D2", Min = 0, Max = 16)]
    public int Layers { get; init; } = 4;

    /// <summary>Units of each layer of the actor.</summary>
    [Setting("units of each layer of the actor", Source = "D2", Min = 1, Max = 8192)]
    public int Units { get; init; } = 400;

    /// <summary>Learning rate of the actor.</summary>
    [Setting("learning rate of the actor", Source = "D App. A", Min = 0, Max = 1)]
    public double LearningRate { get; init; } = 8e-5;

    /// <summary>Distribution of continuous actions: a normal one squashed by tanh, cut off at the bounds, or with a
    /// mean within them and a bounded deviation.</summary>
    [Setting("distribution of continuous actions: a normal one squashed by tanh, cut off at the bounds, or with a mean "
        + "within them and a bounded deviation", Source = "D App. A; V2 has trunc_normal, V3 bounded_normal",
        OneOf = ["tanh_normal", "trunc_normal", "bounded_normal"])]
    public string Distribution { get; init; } = "tanh_normal";

    /// <summary>Dreamerv2, dreamerv3: gradient of the actor, through the dynamics, by REINFORCE or both; by_action is
    /// REINFORCE where an action has choices and the dynamics elsewhere; auto is by_action in dreamerv2, REINFORCE in
    /// dreamerv3.</summary>
    [Setting("dreamerv2, dreamerv3: gradient of the actor, through the dynamics, by REINFORCE or both; by_action is "
        + "REINFORCE where an action has choices and the dynamics elsewhere; auto is by_action in dreamerv2, REINFORCE in "
        + "dreamerv3",
        Source = "V2", OneOf = ["auto", "by_action", "dynamics", "reinforce", "both"])]
    public string Gradient { get; init; } = "auto";

    /// <summary>Dreamerv2, dreamerv3: part of REINFORCE where actor.gradient is both, ρ.</summary>
    [Setting("dreamerv2, dreamerv3: part of REINFORCE where actor.gradient is both, ρ", Source = "V2c has 0.1 of dynamics",
        Min = 0, Max = 1)]
    public double Reinforce { get; init; } = 0.9;

    /// <summary>Dreamerv2, dreamerv3, a3c: scale of the bonus for entropy, η; A3's β.</summary>
    [Setting("dreamerv2, dreamerv3, a3c: scale of the bonus for entropy, η; A3's β",
        Source = "V2c: 1e-3 for Atari, 1e-4 for control; V3: 3e-4", Min = 0)]
    public double Entropy { get; init; } = 1e-4;

    /// <summary>Standard deviation before tanh that an untrained actor has.</summary>
    [Setting("standard deviation before tanh that an untrained actor has", Source = "D App. A", Min = 1e-3, Max = 100)]
    public double InitialStd { get; init; } = 5;

    /// <summary>Smallest standard deviation, before tanh or cutting off.</summary>
    [Setting("smallest standard deviation, before tanh or cutting off", Source = "D2", Min = 0, Max = 10)]
    public double MinStd { get; init; } = 1e-4;

    /// <summary>Bounded_normal: largest standard deviation.</summary>
    [Setting("bounded_normal: largest standard deviation", Source = "V3", Min = 1e-3, Max = 10)]
    public double MaxStd { get; init; } = 1;

    /// <summary>Part of the uniform distribution mixed into choices.</summary>
    [Setting("part of the uniform distribution mixed into choices", Source = "V3: 0.01; its code leaves it out", Min = 0,
        Max = 0.99)]
    public double Unimix { get; init; }

    /// <summary>The last layer starts at that part of its usual size.</summary>
    [Setting("the last layer starts at that part of its usual size", Source = "V3 has 0.01", Min = 0, Max = 1)]
    public double Scale { get; init; } = 1;

    /// <summary>The mean before tanh stays within this of 0.</summary>
    [Setting("the mean before tanh stays within this of 0", Source = "D App. A", Min = 1e-3, Max = 1000)]
    public double MeanScale { get; init; } = 5;

    /// <summary>D4pg, curl: units of each layer, the first one first; with none actor.layers of actor.units.</summary>
    [Setting("d4pg, curl: units of each layer, the first one first; with none actor.layers of actor.units",
        Source = "D4PG: 300, 200", IsLater = true)]
    public IReadOnlyList<double> Widths { get; init; } = [];

    /// <summary>Units of each layer that <see cref="Widths"/>, or <see cref="Layers"/> and <see cref="Units"/>, come to.</summary>
    public IReadOnlyList<int> Sizes => Widths.Count > 0 ? [.. Widths.Select(width => (int)width)]
        : [.. Enumerable.Repeat(Units, Layers)];

    /// <summary>D4pg: how the gradient of a value with respect to its action is kept within 1: not at all, by its norm, or each
    /// entry by itself.</summary>
    [Setting("d4pg: how the gradient of a value with respect to its action is kept within 1: not at all, by its norm, or each "
        + "entry by itself", Source = "AC: norm; CS: entries", OneOf = ["none", "norm", "entries"], IsLater = true)]
    public string ActionGradient { get; init; } = "norm";

    /// <summary>Curl: how much entropy counts at first, α.</summary>
    [Setting("curl: how much entropy counts at first, α", Source = "CU", Min = 1e-6, Max = 1000, IsLater = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Curl: learning rate of α.</summary>
    [Setting("curl: learning rate of α", Source = "CU", Min = 0, Max = 1, IsLater = true)]
    public double TemperatureRate { get; init; } = 1e-4;

    /// <summary>ρ that <see cref="Gradient"/> comes to.</summary>
    public double ReinforceShare(bool oneHot) => Gradient switch
    {
        "auto" or "by_action" => oneHot ? 1 : 0,
        "dynamics" => 0,
        "reinforce" => 1,
        _ => Reinforce,
    };
}
