namespace Reverie.Environments.ControlSuite;

/// <summary>How the papers' agents met the suite.</summary>
internal static class Protocols
{
    private const int DreamerRepeat = 2;

    private static readonly Dictionary<string, int> PlaNetRepeats = new()
    {
        ["cartpole"] = 8, ["reacher"] = 4, ["cheetah"] = 4, ["cup"] = 4, ["finger"] = 2, ["walker"] = 2,
    };

    /// <summary>The protocols for a domain. PlaNet's is first where it was measured on the domain.</summary>
    /// <param name="domain">As in the names of its tasks.</param>
    /// <param name="camera">Of its pictures, the same for all agents.</param>
    internal static IReadOnlyList<AgentProtocol> Of(string domain, int camera)
    {
        var dreamer = new AgentProtocol("Dreamer", DreamerRepeat, camera, "arXiv 1912.01603 and its code");
        return PlaNetRepeats.TryGetValue(domain, out var repeat)
            ? [new AgentProtocol("PlaNet", repeat, camera, "arXiv 1811.04551, appendix A"), dreamer]
            : [dreamer];
    }
}
