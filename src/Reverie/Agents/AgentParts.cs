using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Agents;

/// <summary>The parts of an agent by the names that people have for them: <c>encoder</c>, <c>dynamics</c>, <c>decoder</c>,
/// <c>reward</c>, <c>continue</c> and <c>mask</c> of a model, and its other modules by their own.</summary>
public static class AgentParts
{
    private const string Slow = "slow_";

    /// <summary>The part that a parameter belongs to. A slow copy belongs to the part of what it follows; what latents are
    /// learned to tell of observations is the decoder, where it is contrasted too.</summary>
    /// <param name="module">Name of the module in <see cref="IAgent.Modules"/>.</param>
    /// <param name="parameter">Dotted name of the parameter in it.</param>
    public static string Of(string module, string parameter) => module switch
    {
        "model" => parameter.Split('.')[0],
        "representation" => "decoder",
        _ => module.StartsWith(Slow, StringComparison.Ordinal) ? module[Slow.Length..] : module,
    };

    /// <summary>All parts of an agent, in the order of its modules.</summary>
    public static IReadOnlyList<string> Of(IAgent agent) => [.. agent.Modules
        .SelectMany(pair => pair.Value.NamedParameters().Select(parameter => Of(pair.Key, parameter.Name))).Distinct()];

    /// <summary>The parameters of a module that an optimizer is to move: all but those of parts that stay as another run left
    /// them (<c>transfer.freeze</c>).</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="name">Of the module in <see cref="IAgent.Modules"/>.</param>
    /// <param name="module">Whose.</param>
    /// <param name="prefix">What their names begin with.</param>
    public static IEnumerable<(string Name, Tensor Value)> Learned(
        Config config, string name, Module module, string prefix = "")
    {
        var frozen = config.Transfer.Frozen;
        return module.NamedParameters().Where(parameter => !frozen.Contains(Of(name, parameter.Name)))
            .Select(parameter => (prefix + parameter.Name, parameter.Value));
    }
}
