namespace Reverie.Configuration;

/// <summary>world_models: M, the recurrent network that predicts the next latent as a mixture.</summary>
public sealed record MemoryConfig
{
    /// <summary>Units of the LSTM.</summary>
    [Setting("units of the LSTM", Source = "W App. A.2: 256 for CarRacing, 512 for Doom", Min = 1, Max = 8192)]
    public int Units { get; init; } = 256;

    /// <summary>Components of each mixture.</summary>
    [Setting("components of each mixture", Source = "W App. A.2", Min = 1, Max = 256)]
    public int Mixtures { get; init; } = 5;

    /// <summary>One mixture for all latent dimensions together, in place of one each.</summary>
    [Setting("one mixture for all latent dimensions together, in place of one each", Source = "CT; W has one each")]
    public bool Joint { get; init; }

    /// <summary>Predict whether the episode ends; tells the LSTM where one begins as well.</summary>
    [Setting("predict whether the episode ends; tells the LSTM where one begins as well", Source = "W §4: Doom")]
    public bool Done { get; init; }

    /// <summary>Predict the reward.</summary>
    [Setting("predict the reward", Source = "CT, W §5; W §3 and §4 have none")]
    public bool Reward { get; init; }

    /// <summary>Weight of rows on which the episode ended, in the loss of done.</summary>
    [Setting("weight of rows on which the episode ended, in the loss of done", Source = "Wc", Min = 0)]
    public double DoneWeight { get; init; } = 10;

    /// <summary>Updates of M; in later rounds as many again.</summary>
    [Setting("updates of M; in later rounds as many again", Source = "Wc", Min = 1)]
    public int Updates { get; init; } = 4000;

    /// <summary>Learning rate of M.</summary>
    [Setting("learning rate of M", Source = "Wc", Min = 0, Max = 1)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Factor of the learning rate at each update.</summary>
    [Setting("factor of the learning rate at each update", Source = "Wc: 1 for CarRacing, 0.99999 for Doom", Min = 0,
        Max = 1)]
    public double LearningRateDecay { get; init; } = 1;

    /// <summary>The learning rate falls no lower.</summary>
    [Setting("the learning rate falls no lower", Source = "Wc", Min = 0, Max = 1)]
    public double LearningRateFloor { get; init; } = 1e-5;

    /// <summary>Every entry of the gradient stays within this; 0 does not clip.</summary>
    [Setting("every entry of the gradient stays within this; 0 does not clip", Source = "Wc", Min = 0)]
    public double ClipValue { get; init; } = 1;
}
