using Reverie.Configuration;
using Reverie.Torch;

namespace Reverie.Agents;

/// <summary>What the first parameters of agents are drawn by.</summary>
internal static class ParameterSource
{
    /// <summary>Random numbers that follow from a run's seed.</summary>
    /// <param name="config">The run's.</param>
    /// <param name="part">Numbers of a part that draws by itself, so that others do not depend on it; none for the first.</param>
    public static Generator Of(Config config, params ReadOnlySpan<ulong> part) =>
        new(Device.Cpu, RandomSource.Derive((ulong)config.Seed, [RandomStream.Parameters, .. part]).NextUInt64());
}
