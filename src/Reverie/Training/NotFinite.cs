using System.Globalization;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Training;

/// <summary>The line for a measure or an action that is not finite: what was seen, where, and what to do.</summary>
internal static class NotFinite
{
    // Rewards are to be of the order of 1 a decision; from here on they are the likelier reason than the learning rate.
    private const double Large = 1e3;

    /// <summary>Makes the line.</summary>
    /// <param name="found">Name and value of the measure.</param>
    /// <param name="update">After which it was seen.</param>
    /// <param name="batch">What was learned from.</param>
    /// <param name="config">The run's configuration.</param>
    /// <param name="precision">Type that it computes in.</param>
    /// <param name="file">Where the batch is kept.</param>
    /// <param name="checkpoint">Updates before the newest checkpoint; null where there is none.</param>
    public static string Line((string Name, float Value) found, long update, SequenceBatch batch, Config config,
        DType precision, string file, long? checkpoint)
    {
        var what = found.Name.StartsWith("loss_", StringComparison.Ordinal)
            ? $"the loss '{found.Name[5..]}'" : $"'{found.Name}'";
        var part = AgentRegistry.Find(config.Agent).Section(found.Name, batch.Layout);
        var learns = part != "vae" && (part != "memory" || config.Memory.Reward)
            && config.Model.RewardTransform == "none";
        var largest = learns ? batch.Reward.Max(Math.Abs) : 0;
        var kept = checkpoint is { } updates ? $"the checkpoint of update {updates} is untouched"
            : "there is no checkpoint yet";
        return $"{what} is {Text(found.Value)} at update {update}, where rewards go from {Text(batch.Reward.Min())} to "
            + $"{Text(batch.Reward.Max())}{Vectors(batch)}; the batch is kept in {file}, {kept}; "
            + Advice(largest, part, precision == DType.BFloat16);
    }

    /// <summary>An agent's action that cannot be taken: no fault of its environment, which would be made anew to no
    /// avail.</summary>
    /// <param name="place">Where in the episode, in words.</param>
    /// <param name="value">What is not finite.</param>
    public static NotFiniteException Action(string place, float value) => new($"the agent's action {place} is "
        + $"{value.ToString(CultureInfo.InvariantCulture)}: what it has learned is not finite any more; begin a new run "
        + "with a smaller optimizer.learning_rate");

    private static string Advice(double largest, string part, bool halves)
    {
        var rate = $"a smaller {part}.learning_rate" + (halves ? " or compute.precision=fp32" : "");
        const string Rewards = "rewards of the order of 1 a decision, or model.reward_transform=tanh";
        return largest > Large ? $"begin a new run with {Rewards}; if they must be so, with {rate}"
            : $"begin a new run with {rate}";
    }

    private static string Vectors(SequenceBatch batch) => batch.Vector.Length == 0 ? ""
        : $" and entries of vectors from {Text(batch.Vector.Min())} to {Text(batch.Vector.Max())}";

    private static string Text(float value) => value.ToString(
        value == 0 || Math.Abs(value) is >= 1e-3f and < 1e4f ? "0.###" : "0.###E+0", CultureInfo.InvariantCulture);
}
