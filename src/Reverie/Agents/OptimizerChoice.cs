using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Optim;

namespace Reverie.Agents;

/// <summary>Optimizers by the run's settings, each with a learning rate of its own.</summary>
internal static class OptimizerChoice
{
    /// <summary>The one that the settings name.</summary>
    public static Optimizer Of(OptimizerConfig config, IEnumerable<(string Name, Tensor Value)> parameters,
        double learningRate) => config.Kind switch
        {
            "laprop" => new LaProp(parameters, new LaPropOptions
            {
                LearningRate = learningRate, Epsilon = config.Epsilon, AgcClip = config.AdaptiveClip, WarmUp = config.WarmUp,
            }),
            "rmsprop" => new RmsProp(parameters, new RmsPropOptions
            {
                LearningRate = learningRate, Decay = config.Decay, Epsilon = config.Epsilon, ClipNorm = config.ClipNorm,
            }),
            _ => Adam(config, parameters, learningRate),
        };

    /// <summary>Adam, whose gradients may be clipped to ±<paramref name="clipValue"/>, each by itself; 0 for not.</summary>
    public static Adam Adam(OptimizerConfig config, IEnumerable<(string Name, Tensor Value)> parameters, double learningRate,
        double clipValue = 0) => new(parameters, new AdamOptions
        {
            LearningRate = learningRate,
            Epsilon = config.Epsilon,
            EpsilonHat = config.EpsilonHat,
            ClipNorm = config.ClipNorm,
            ClipValue = clipValue,
            WeightDecay = config.WeightDecay,
        });
}
