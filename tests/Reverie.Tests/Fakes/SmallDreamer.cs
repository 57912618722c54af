using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Tests.Fakes;

/// <summary>Dreamer with layers of a few units; it eats what <see cref="SmallPlaNet"/> does.</summary>
internal static class SmallDreamer
{
    public const int Horizon = 4;

    public static Config Config { get; } = SmallPlaNet.Config with
    {
        Agent = "dreamer",
        Model = SmallPlaNet.Config.Model with
        {
            Gru = "torch", ImageBits = 8, ImageNoise = false, ContinueLayers = 1, ContinueUnits = 6,
        },
        Loss = new()
        {
            FreeNats = 0, Reward = 1, FreeNatsOver = "batch", Contrastive = new() { Layers = 1, Units = 6 },
        },
        Actor = new() { Layers = 1, Units = 8 },
        Critic = new() { Layers = 1, Units = 8 },
        Imagination = new() { Horizon = Horizon },
    };

    public static Dreamer Agent(Config? config = null, DType precision = DType.Float32, EpisodeLayout? layout = null) =>
        new(config ?? Config, layout ?? SmallPlaNet.Layout, Device.Cpu, precision);
}
