namespace Reverie.Configuration;

/// <summary>Weights of the named losses.</summary>
public sealed record LossConfig
{
    /// <summary>What makes latents stand for observations.</summary>
    [Setting("what makes latents stand for observations", Source = "P eq. 3, D §4; infonce: R2")]
    public string Representation { get; init; } = "reconstruction";

    /// <summary>Scale of the image loss, ½(x−μ)² summed over the picture.</summary>
    [Setting("scale of the image loss, ½(x−μ)² summed over the picture", Source = "P eq. 3", Min = 0)]
    public double Image { get; init; } = 1;

    /// <summary>Scale of the vector loss, ½(x−μ)² summed over symlog entries; c means a deviation of 1/√c.</summary>
    [Setting("scale of the vector loss, ½(x−μ)² summed over symlog entries; c means a deviation of 1/√c", Source = "V3",
        Min = 0)]
    public double Vector { get; init; } = 1;

    /// <summary>Scale of the reward loss.</summary>
    [Setting("scale of the reward loss", Source = "Pc", Min = 0)]
    public double Reward { get; init; } = 10;

    /// <summary>Scale of the KL of posterior and prior.</summary>
    [Setting("scale of the KL of posterior and prior", Source = "P App. A", Min = 0)]
    public double Kl { get; init; } = 1;

    /// <summary>Planet, dreamer: scale of one more KL, in which the posterior of the row stands still: it draws the
    /// prior; dreamerv3: β_dyn of it.</summary>
    [Setting("planet, dreamer: scale of one more KL, in which the posterior of the row stands still: it draws the prior; "
        + "dreamerv3: β_dyn of it", Source = "V3: β_dyn; with loss.kl: β_dyn − β_rep", Min = 0)]
    public double KlPrior { get; init; }

    /// <summary>Dreamerv3: scale of the KL in which the prior stands still, β_rep.</summary>
    [Setting("dreamerv3: scale of the KL in which the prior stands still, β_rep", Source = "V3", Min = 0)]
    public double KlPosterior { get; init; } = 0.1;

    /// <summary>Dreamerv3: scale of the critic's loss on replayed rows, β_repval.</summary>
    [Setting("dreamerv3: scale of the critic's loss on replayed rows, β_repval", Source = "V3", Min = 0)]
    public double ReplayValue { get; init; } = 0.3;

    /// <summary>A3c: scale of the critic's loss ½(R − V)², c_v.</summary>
    [Setting("a3c: scale of the critic's loss ½(R − V)², c_v", Source = "A3", Min = 0, IsLater = true)]
    public double Value { get; init; } = 0.5;

    /// <summary>Dreamerv2: part of the KL's gradient that moves the prior, α; the rest moves the posterior.</summary>
    [Setting("dreamerv2: part of the KL's gradient that moves the prior, α; the rest moves the posterior",
        Source = "V2 eq. 3", Min = 0, Max = 1)]
    public double KlBalance { get; init; } = 0.8;

    /// <summary>Nats of KL that cost nothing.</summary>
    [Setting("nats of KL that cost nothing", Source = "P App. A", Min = 0)]
    public double FreeNats { get; init; } = 3;

    /// <summary>Free on every row by itself, or in the mean over the batch.</summary>
    [Setting("free on every row by itself, or in the mean over the batch", Source = "Pc, D1; D2 has batch",
        OneOf = ["rows", "batch"])]
    public string FreeNatsOver { get; init; } = "rows";

    /// <summary>Scale of the KL of posterior and N(0, I).</summary>
    [Setting("scale of the KL of posterior and N(0, I)", Source = "Pc0 (0.1), off since", Min = 0)]
    public double GlobalPrior { get; init; }

    /// <summary>Scale of the loss of the continue head.</summary>
    [Setting("scale of the loss of the continue head", Source = "D2 pcont_scale; V2c has 5", Min = 0)]
    public double Continue { get; init; } = 10;

    /// <summary>Scale of the loss of the mask head, where rows say what may be chosen next.</summary>
    [Setting("scale of the loss of the mask head, where rows say what may be chosen next", Min = 0, IsLater = true)]
    public double Mask { get; init; } = 1;

    /// <summary>Latents that are to be told apart: <c>loss.contrastive.*</c>.</summary>
    public ContrastiveConfig Contrastive { get; init; } = new();

    /// <summary>Latents over several steps: <c>loss.overshooting.*</c>.</summary>
    public OvershootingConfig Overshooting { get; init; } = new();

    /// <summary>Scale of a loss by its name.</summary>
    /// <exception cref="InvalidOperationException">No setting is its scale.</exception>
    public double ScaleOf(string loss) => loss switch
    {
        "image" => Image,
        "vector" => Vector,
        "contrastive" or "infonce" => Contrastive.Scale,
        "reward" => Reward,
        "kl" or "overshooting" => Kl,
        "kl_prior" => KlPrior,
        "kl_posterior" => KlPosterior,
        "replay_value" => ReplayValue,
        "global_prior" => GlobalPrior,
        "continue" => Continue,
        "mask" => Mask,
        "actor" or "critic" => 1,
        "overshooting_reward" => Overshooting.Reward,
        _ => throw new InvalidOperationException($"the loss '{loss}' has no scale in the configuration"),
    };
}
