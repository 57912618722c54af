namespace Reverie.Configuration;

/// <summary>Latent overshooting (P §4).</summary>
public sealed record OvershootingConfig
{
    /// <summary>Largest distance D; 1 is the ELBO alone.</summary>
    [Setting("largest distance D; 1 is the ELBO alone",
        Source = "P §4; off by default, P App. D", Min = 1, Max = 1000)]
    public int Distance { get; init; } = 1;

    /// <summary>Train on the distance D only (fixed overshooting).</summary>
    [Setting("train on the distance D only (fixed overshooting)", Source = "P eq. 6")]
    public bool Fixed { get; init; }

    /// <summary>Weight β of every distance beyond 1.</summary>
    [Setting("weight β of every distance beyond 1", Source = "P §4: all equal", Min = 0)]
    public double Beta { get; init; } = 1;

    /// <summary>Weights β_1 … β_D, one per distance, in place of beta.</summary>
    [Setting("weights β_1 … β_D, one per distance, in place of beta", Source = "P eq. 7")]
    public IReadOnlyList<double> Betas { get; init; } = [];

    /// <summary>Scale of the reward loss on multi-step priors.</summary>
    [Setting("scale of the reward loss on multi-step priors", Source = "K", Min = 0)]
    public double Reward { get; init; }
}
