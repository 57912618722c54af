using Reverie.Torch.Nn;

namespace Reverie.Configuration;

/// <summary>The latent dynamics model.</summary>
public sealed record ModelConfig
{
    /// <summary>Latent dynamics.</summary>
    [Setting("latent dynamics", Source = "P fig. 2")]
    public string Dynamics { get; init; } = "rssm";

    /// <summary>What is seen: pixels, the vector of the environment, or both.</summary>
    [Setting("what is seen: pixels, the vector of the environment, or both", Source = "P: pixels",
        OneOf = ["pixels", "vector", "both"])]
    public string Encoder { get; init; } = "pixels";

    /// <summary>Size of the stochastic state s; of discrete_rssm and block_rssm the number of their
    /// variables.</summary>
    [Setting("size of the stochastic state s; of discrete_rssm and block_rssm the number of their variables",
        Source = "P App. A", Min = 1, Max = 4096)]
    public int Stoch { get; init; } = 30;

    /// <summary>Discrete_rssm, block_rssm: classes of each variable.</summary>
    [Setting("discrete_rssm, block_rssm: classes of each variable", Source = "V2 App. D", Min = 2, Max = 4096)]
    public int Classes { get; init; } = 32;

    /// <summary>Discrete_rssm, block_rssm: part of the uniform distribution mixed into each variable.</summary>
    [Setting("discrete_rssm, block_rssm: part of the uniform distribution mixed into each variable",
        Source = "V2 has none, V3 0.01", Min = 0, Max = 0.99)]
    public double Unimix { get; init; }

    /// <summary>Size of the deterministic state h.</summary>
    [Setting("size of the deterministic state h", Source = "P App. A", Min = 1, Max = 16384)]
    public int Deter { get; init; } = 200;

    /// <summary>Units of the hidden layers inside the dynamics.</summary>
    [Setting("units of the hidden layers inside the dynamics", Source = "P App. A", Min = 1, Max = 8192)]
    public int Hidden { get; init; } = 200;

    /// <summary>Block_rssm: blocks of the layers of the recurrence; model.deter and 4 model.cnn_depth are multiples of
    /// it.</summary>
    [Setting("block_rssm: blocks of the layers of the recurrence; model.deter and 4 model.cnn_depth are multiples of it",
        Source = "V3 methods", Min = 1, Max = 64)]
    public int Blocks { get; init; } = 8;

    /// <summary>Block_rssm: hidden layers of the prior.</summary>
    [Setting("block_rssm: hidden layers of the prior", Source = "V3 code", Min = 1, Max = 16)]
    public int PriorLayers { get; init; } = 2;

    /// <summary>Activation of dense layers.</summary>
    [Setting("activation of dense layers", Source = "Pc configs; V3 has silu", OneOf = ["relu", "elu", "silu"])]
    public string Activation { get; init; } = "relu";

    /// <summary>What stands between a layer of encoders, decoders, heads, actor and critic and its
    /// activation.</summary>
    [Setting("what stands between a layer of encoders, decoders, heads, actor and critic and its activation",
        Source = "V3 has rms", OneOf = ["none", "rms"])]
    public string Norm { get; init; } = "none";

    /// <summary>D4pg: whether actor and critic normalise after their first layer, which of the critic sees the action too, before
    /// a tanh; otherwise the action comes to the second layer.</summary>
    [Setting("d4pg: whether actor and critic normalise after their first layer, which of the critic sees the action too, before "
        + "a tanh; otherwise the action comes to the second layer", Source = "AC; CS: false", IsLater = true)]
    public bool FirstNorm { get; init; }

    /// <summary>New parameters: uniform by the sizes of both sides, or normal by that of the input alone, cut at 2
    /// deviations.</summary>
    [Setting("new parameters: uniform by the sizes of both sides, or normal by that of the input alone, cut at 2 deviations",
        Source = "TF; V3 has truncated_normal", OneOf = ["glorot", "truncated_normal"])]
    public string Init { get; init; } = "glorot";

    /// <summary>Smallest standard deviation of the latents.</summary>
    [Setting("smallest standard deviation of the latents", Source = "Pc", Min = 0, Max = 10)]
    public double MinStd { get; init; } = 0.1;

    /// <summary>Standard deviation of Gaussian latents from a layer's output: softplus, or 2·sigmoid of half of it
    /// (V2).</summary>
    [Setting("standard deviation of Gaussian latents from a layer's output: softplus, or 2·sigmoid of half of it (V2)",
        Source = "Pc", OneOf = ["softplus", "sigmoid2"])]
    public string Std { get; init; } = "softplus";

    /// <summary>Gru cell: reset applied before (planet) or after (torch) the recurrent product, or layer norm (norm,
    /// V2).</summary>
    [Setting("gru cell: reset applied before (planet) or after (torch) the recurrent product, or layer norm (norm, V2)",
        Source = "TF GRUBlockCell", OneOf = ["planet", "torch", "norm"])]
    public string Gru { get; init; } = "planet";

    /// <summary>Convolutions: kernels of 4 to 6 with strides (W); kernels of 5, a norm, and pooling (pooled) or
    /// strides (strided) between.</summary>
    [Setting("convolutions: kernels of 4 to 6 with strides (W); kernels of 5, a norm, and pooling (pooled) or strides "
        + "(strided) between", Source = "W, P App. A; V3 has pooled", OneOf = ["planet", "pooled", "strided"])]
    public string Cnn { get; init; } = "planet";

    /// <summary>Channels of the first convolution, with 2, 4 and 8 times as many after it; pooled, strided: 2, 3, 4
    /// and 4 times.</summary>
    [Setting("channels of the first convolution, with 2, 4 and 8 times as many after it; pooled, strided: 2, 3, 4 and 4 times",
        Source = "W, P App. A", Min = 1, Max = 512)]
    public int CnnDepth { get; init; } = 32;

    /// <summary>D4pg, curl: units that pictures come to.</summary>
    [Setting("d4pg, curl: units that pictures come to", Source = "CS, CU", Min = 1, Max = 8192, IsLater = true)]
    public int PictureUnits { get; init; } = 50;

    /// <summary>Curl: pixels each way of the square of a picture that is seen, cut at random where it learns and from the middle
    /// where it acts.</summary>
    [Setting("curl: pixels each way of the square of a picture that is seen, cut at random where it learns and from the middle "
        + "where it acts", Source = "CU: 84 of 100", Min = 16, Max = 512, IsLater = true)]
    public int Crop { get; init; } = 84;

    /// <summary>Curl: part of the way that the slow encoder moves, when slow networks do.</summary>
    [Setting("curl: part of the way that the slow encoder moves, when slow networks do", Source = "CU", Min = 0, Max = 1,
        IsLater = true)]
    public double SlowFraction { get; init; } = 0.05;

    /// <summary>Activation of convolutions.</summary>
    [Setting("activation of convolutions", Source = "Pc; V2 has elu, V3 silu", OneOf = ["relu", "elu", "silu"])]
    public string CnnActivation { get; init; } = "relu";

    /// <summary>Layers of the encoder and of the decoder of vectors.</summary>
    [Setting("layers of the encoder and of the decoder of vectors", Source = "V3", Min = 1, Max = 16)]
    public int VectorLayers { get; init; } = 3;

    /// <summary>Units of each of these layers.</summary>
    [Setting("units of each of these layers", Source = "ours: as model.hidden; V3 goes from 64 to 1536",
        Min = 1, Max = 8192)]
    public int VectorUnits { get; init; } = 200;

    /// <summary>A3c: units of the LSTM between what is seen and actor and critic; 0 is none.</summary>
    [Setting("a3c: units of the LSTM between what is seen and actor and critic; 0 is none", Source = "A3 has both",
        Min = 0, Max = 8192, IsLater = true)]
    public int Lstm { get; init; }

    /// <summary>Layers of the reward head.</summary>
    [Setting("layers of the reward head", Source = "Pc", Min = 0, Max = 16)]
    public int RewardLayers { get; init; } = 3;

    /// <summary>Units of each layer of the reward head.</summary>
    [Setting("units of each layer of the reward head", Source = "Pc", Min = 1, Max = 8192)]
    public int RewardUnits { get; init; } = 300;

    /// <summary>Distribution of a reward: normal, or over 255 numbers of any size (symexp_twohot).</summary>
    [Setting("distribution of a reward: normal, or over 255 numbers of any size (symexp_twohot)", Source = "P; V3",
        OneOf = ["normal", "symexp_twohot"])]
    public string RewardDistribution { get; init; } = "normal";

    /// <summary>The reward head's last layer starts at that part of its usual size.</summary>
    [Setting("the reward head's last layer starts at that part of its usual size", Source = "V3 has 0", Min = 0, Max = 1)]
    public double RewardScale { get; init; } = 1;

    /// <summary>What of a reward is predicted: itself, or its tanh, where rewards are of any size.</summary>
    [Setting("what of a reward is predicted: itself, or its tanh, where rewards are of any size",
        Source = "P; tanh: D App. C, V2 for Atari", OneOf = ["none", "tanh"])]
    public string RewardTransform { get; init; } = "none";

    /// <summary>A head that predicts where episodes end.</summary>
    [Setting("a head that predicts where episodes end", Source = "D App. A, pcont")]
    public bool Continue { get; init; }

    /// <summary>Layers of the continue head.</summary>
    [Setting("layers of the continue head", Source = "D2", Min = 0, Max = 16)]
    public int ContinueLayers { get; init; } = 3;

    /// <summary>Units of each layer of the continue head.</summary>
    [Setting("units of each layer of the continue head", Source = "D2", Min = 1, Max = 8192)]
    public int ContinueUnits { get; init; } = 400;

    /// <summary>Bits a colour channel is quantised to.</summary>
    [Setting("bits a colour channel is quantised to", Source = "P App. A", Min = 1, Max = 8)]
    public int ImageBits { get; init; } = 5;

    /// <summary>Noise fills the steps of quantised colours.</summary>
    [Setting("noise fills the steps of quantised colours", Source = "P App. A; D2 has none")]
    public bool ImageNoise { get; init; } = true;

    /// <summary>Rnn variant: reproduce the published mean-only model.</summary>
    [Setting("rnn variant: reproduce the published mean-only model", Source = "Pc README")]
    public bool FaithfulMeanOnly { get; init; }

    /// <summary><see cref="Init"/>, as layers take it.</summary>
    internal InitRule InitRule => Init == "glorot" ? InitRule.Glorot : InitRule.TruncatedNormal;
}
