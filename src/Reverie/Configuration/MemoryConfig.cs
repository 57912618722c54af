namespace Reverie.Configuration;

/// <summary>world_models: M, the recurrent network that predicts the next latent as a mixture.</summary>
public sealed record MemoryConfig
{
    [Setting("units of the LSTM", Source = "W App. A.2: 256 for CarRacing, 512 for Doom", Min = 1, Max = 8192)]
    public int Units { get; init; } = 256;
    [Setting("components of each mixture", Source = "W App. A.2", Min = 1, Max = 256)]
    public int Mixtures { get; init; } = 5;
    [Setting("one mixture for all latent dimensions together, in place of one each", Source = "CT; W has one each")]
    public bool Joint { get; init; }
    [Setting("predict whether the episode ends; tells the LSTM where one begins as well", Source = "W §4: Doom")]
    public bool Done { get; init; }
    [Setting("predict the reward", Source = "CT, W §5; W §3 and §4 have none")]
    public bool Reward { get; init; }
    [Setting("weight of rows on which the episode ended, in the loss of done", Source = "Wc", Min = 0)]
    public double DoneWeight { get; init; } = 10;
    [Setting("updates of M; in later rounds as many again", Source = "Wc", Min = 1)]
    public int Updates { get; init; } = 4000;
    [Setting("learning rate of M", Source = "Wc", Min = 0, Max = 1)]
    public double LearningRate { get; init; } = 1e-3;
    [Setting("factor of the learning rate at each update", Source = "Wc: 1 for CarRacing, 0.99999 for Doom", Min = 0,
        Max = 1)]
    public double LearningRateDecay { get; init; } = 1;
    [Setting("the learning rate falls no lower", Source = "Wc", Min = 0, Max = 1)]
    public double LearningRateFloor { get; init; } = 1e-5;
    [Setting("every entry of the gradient stays within this; 0 does not clip", Source = "Wc", Min = 0)]
    public double ClipValue { get; init; } = 1;
}
