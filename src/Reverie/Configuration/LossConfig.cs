namespace Reverie.Configuration;

/// <summary>Weights of the named losses.</summary>
public sealed record LossConfig
{
    [Setting("scale of the image loss, ½(x−μ)² summed over the picture", Source = "P eq. 3", Min = 0)]
    public double Image { get; init; } = 1;
    [Setting("scale of the vector loss, ½(x−μ)² summed over symlog entries; c means a deviation of 1/√c", Source = "V3",
        Min = 0)]
    public double Vector { get; init; } = 1;
    [Setting("scale of the reward loss", Source = "Pc", Min = 0)]
    public double Reward { get; init; } = 10;
    [Setting("scale of the KL of posterior and prior", Source = "P App. A", Min = 0)]
    public double Kl { get; init; } = 1;
    [Setting("nats of KL per row that cost nothing", Source = "P App. A", Min = 0)]
    public double FreeNats { get; init; } = 3;
    [Setting("scale of the KL of posterior and N(0, I)", Source = "Pc0 (0.1), off since", Min = 0)]
    public double GlobalPrior { get; init; }
    public OvershootingConfig Overshooting { get; init; } = new();
}
