using Reverie.Environments;

namespace Reverie.Configuration;

/// <summary>The latent dynamics model.</summary>
public sealed record ModelConfig
{
    [Setting("latent dynamics", Source = "P fig. 2", OneOf = ["rssm", "discrete_rssm", "ssm", "rnn", "drnn"])]
    public string Dynamics { get; init; } = "rssm";
    [Setting("what is seen: pixels, the vector of the environment, or both", Source = "P: pixels",
        OneOf = ["pixels", "vector", "both"])]
    public string Encoder { get; init; } = "pixels";
    [Setting("size of the stochastic state s; of discrete_rssm the number of its variables",
        Source = "P App. A", Min = 1, Max = 4096)]
    public int Stoch { get; init; } = 30;
    [Setting("discrete_rssm: classes of each variable", Source = "V2 App. D", Min = 2, Max = 4096)]
    public int Classes { get; init; } = 32;
    [Setting("discrete_rssm: part of the uniform distribution mixed into each variable",
        Source = "V2 has none, V3 0.01", Min = 0, Max = 0.99)]
    public double Unimix { get; init; }
    [Setting("size of the deterministic state h", Source = "P App. A", Min = 1, Max = 8192)]
    public int Deter { get; init; } = 200;
    [Setting("units of the hidden layers inside the dynamics", Source = "P App. A", Min = 1, Max = 8192)]
    public int Hidden { get; init; } = 200;
    [Setting("activation of dense layers", Source = "Pc configs", OneOf = ["relu", "elu"])]
    public string Activation { get; init; } = "relu";
    [Setting("smallest standard deviation of the latents", Source = "Pc", Min = 0, Max = 10)]
    public double MinStd { get; init; } = 0.1;
    [Setting("standard deviation of Gaussian latents from a layer's output: softplus, or 2·sigmoid of half of it (V2)",
        Source = "Pc", OneOf = ["softplus", "sigmoid2"])]
    public string Std { get; init; } = "softplus";
    [Setting("gru cell: reset applied before (planet) or after (torch) the recurrent product, or layer norm (norm, V2)",
        Source = "TF GRUBlockCell", OneOf = ["planet", "torch", "norm"])]
    public string Gru { get; init; } = "planet";
    [Setting("channels of the first convolution; the others follow as 2, 4 and 8 times",
        Source = "W, P App. A", Min = 1, Max = 512)]
    public int CnnDepth { get; init; } = 32;
    [Setting("activation of convolutions", Source = "Pc; V2 has elu", OneOf = ["relu", "elu"])]
    public string CnnActivation { get; init; } = "relu";
    [Setting("layers of the encoder and of the decoder of vectors", Source = "V3", Min = 1, Max = 16)]
    public int VectorLayers { get; init; } = 3;
    [Setting("units of each of these layers", Source = "ours: as model.hidden; V3 goes from 64 to 1536",
        Min = 1, Max = 8192)]
    public int VectorUnits { get; init; } = 200;
    [Setting("layers of the reward head", Source = "Pc", Min = 0, Max = 16)]
    public int RewardLayers { get; init; } = 3;
    [Setting("units of each layer of the reward head", Source = "Pc", Min = 1, Max = 8192)]
    public int RewardUnits { get; init; } = 300;
    [Setting("what of a reward is predicted: itself, or its tanh, where rewards are of any size",
        Source = "P; tanh: D App. C, V2 for Atari", OneOf = ["none", "tanh"])]
    public string RewardTransform { get; init; } = "none";
    [Setting("a head that predicts where episodes end", Source = "D App. A, pcont")]
    public bool Continue { get; init; }
    [Setting("layers of the continue head", Source = "D2", Min = 0, Max = 16)]
    public int ContinueLayers { get; init; } = 3;
    [Setting("units of each layer of the continue head", Source = "D2", Min = 1, Max = 8192)]
    public int ContinueUnits { get; init; } = 400;
    [Setting("bits a colour channel is quantised to", Source = "P App. A", Min = 1, Max = 8)]
    public int ImageBits { get; init; } = 5;
    [Setting("noise fills the steps of quantised colours", Source = "P App. A; D2 has none")]
    public bool ImageNoise { get; init; } = true;
    [Setting("rnn variant: reproduce the published mean-only model", Source = "Pc README")]
    public bool FaithfulMeanOnly { get; init; }

    /// <summary><see cref="Encoder"/>, as environments are asked.</summary>
    public ObservationKind Sees => Enum.Parse<ObservationKind>(Encoder, ignoreCase: true);
}
