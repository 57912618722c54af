using System.Globalization;
using Reverie.Agents;
using Reverie.Configuration;

namespace Reverie.Cli.Bench;

/// <summary>How the time of an update grows with each size by itself, the others as the configuration has them, and that of a
/// decision with the number of environments.</summary>
internal static class Growth
{
    private const string Batch = "replay.batch_size", Length = "replay.chunk_length", Rollout = "training.rollout",
        Picture = "environment.picture", Channels = "model.cnn_depth", Widths = "all widths", Count = "environment.count";

    private static readonly double[] Factors = [0.5, 1, 2, 4], Sides = [0.5, 1, 1.5, 2];

    /// <summary>Times all of them.</summary>
    /// <param name="config">the sizes that others are multiples of</param>
    /// <param name="timing">how often each</param>
    /// <param name="say">told which sizes the agent does not take, and why</param>
    /// <exception cref="ReverieException">the agent has no update, or one of several parts</exception>
    public static GrowthRow[] Run(Config config, Timing timing, Action<string> say)
    {
        if (!Benchmark.Of(config.Agent).Contains("update"))
            throw new ReverieException($"growth: agent {config.Agent} has no update of one piece; take another preset");
        var rollouts = AgentRegistry.Find(config.Agent).Loop is TrainingLoop.Rollouts;
        var layout = Benchmark.LayoutOf(config);
        List<GrowthRow> rows = [];
        Axis(rollouts ? Count : Batch, Factors);
        Axis(rollouts ? Rollout : Length, Factors);
        if (layout.Image is not null)
        {
            Axis(Picture, Sides);
            Axis(Channels, Factors);
        }
        Axis(Widths, Factors);
        foreach (var count in (int[])[1, 2, 4, 8, 16])
            Add("act", Count, $"{count}", config, count);
        return [.. rows];

        void Axis(string setting, double[] factors)
        {
            foreach (var factor in factors)
                if (Scaled(config, setting, factor) is var (value, scaled))
                    Add("update", setting, value, scaled, 1);
        }

        void Add(string what, string setting, string value, Config one, int count)
        {
            try
            {
                var measured = Benchmark.Run(what, one, timing, count);
                rows.Add(new("growth", what, setting, value, measured.Seconds, measured.ProcessorSeconds, measured.Gflops,
                    measured.PercentOfLimit));
            }
            catch (ReverieException refused)
            {
                say($"{setting} {value} is left out: {refused.Message}");
            }
        }
    }

    // Null where there is no such size: half of 1.
    private static (string Value, Config Config)? Scaled(Config config, string setting, double factor)
    {
        if (setting == Widths) return ($"× {factor.ToString(CultureInfo.InvariantCulture)}", Wider(config, factor));
        if (setting == Picture)
        {
            var (height, width) = config.Environment.PictureSides ?? (64, 64);
            var value = $"{width * factor:0}x{height * factor:0}";
            return (value, config with { Environment = config.Environment with { Picture = value } });
        }
        var size = factor * setting switch
        {
            Batch => config.Replay.BatchSize,
            Length => config.Replay.ChunkLength,
            Rollout => config.Training.Rollout,
            Channels => config.Model.CnnDepth,
            _ => config.Environment.Count,
        };
        var whole = (int)size;
        return whole != size || setting == Length && whole < 2 ? null : ($"{whole}", setting switch
        {
            Batch => config with { Replay = config.Replay with { BatchSize = whole } },
            Length => config with { Replay = config.Replay with { ChunkLength = whole } },
            Rollout => config with { Training = config.Training with { Rollout = whole } },
            Channels => config with { Model = config.Model with { CnnDepth = whole } },
            _ => config with { Environment = config.Environment with { Count = whole } },
        });
    }

    // Units and channels of all layers; what is drawn of a latent stays as it is.
    private static Config Wider(Config config, double factor)
    {
        int Of(int width) => Math.Max(1, (int)(factor * width));
        IReadOnlyList<double> All(IReadOnlyList<double> widths) => [.. widths.Select(width => (double)Of((int)width))];
        var model = config.Model;
        return config with
        {
            Model = model with
            {
                CnnDepth = Of(model.CnnDepth), Deter = Of(model.Deter), Hidden = Of(model.Hidden),
                PictureUnits = Of(model.PictureUnits), VectorUnits = Of(model.VectorUnits), Lstm = (int)(factor * model.Lstm),
                RewardUnits = Of(model.RewardUnits), ContinueUnits = Of(model.ContinueUnits),
            },
            Actor = config.Actor with { Units = Of(config.Actor.Units), Widths = All(config.Actor.Widths) },
            Critic = config.Critic with { Units = Of(config.Critic.Units), Widths = All(config.Critic.Widths) },
        };
    }
}

/// <summary>One line of <c>reverie bench growth</c>.</summary>
/// <param name="What"><c>growth</c></param>
/// <param name="Of">what was timed: <c>update</c>, or <c>act</c>, one decision of each environment</param>
/// <param name="Setting">which size differs from the configuration</param>
/// <param name="Value">what it is here</param>
/// <param name="Seconds">median seconds of one, by the clock</param>
/// <param name="ProcessorSeconds">median seconds of one that threads were at work</param>
/// <param name="Gflops">useful arithmetic per second</param>
/// <param name="PercentOfLimit">share of what a large matrix product reaches</param>
internal sealed record GrowthRow(string What, string Of, string Setting, string Value, double Seconds, double ProcessorSeconds,
    double Gflops, double PercentOfLimit);
