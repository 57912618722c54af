namespace Reverie.Configuration;

/// <summary>world_models: V, the variational autoencoder of pictures.</summary>
public sealed record VaeConfig
{
    /// <summary>Size of the latent z.</summary>
    [Setting("size of the latent z", Source = "W App. A.1: 32 for CarRacing, 64 for Doom", Min = 1, Max = 4096)]
    public int Latents { get; init; } = 32;

    /// <summary>Pictures in a batch.</summary>
    [Setting("pictures in a batch", Source = "Wc", Min = 1, Max = 65536)]
    public int BatchSize { get; init; } = 100;

    /// <summary>Updates of V.</summary>
    [Setting("updates of V", Source = "Wc: 10 epochs of 10000 episodes of 1000 pictures; W App. A.1 has one", Min = 1)]
    public int Updates { get; init; } = 1_000_000;

    /// <summary>Learning rate of V.</summary>
    [Setting("learning rate of V", Source = "Wc", Min = 0, Max = 1)]
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Nats of KL per latent that cost nothing, κ.</summary>
    [Setting("nats of KL per latent that cost nothing, κ", Source = "Wc", Min = 0)]
    public double KlTolerance { get; init; } = 0.5;
}
