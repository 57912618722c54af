using Reverie.Torch.Nn;

namespace Reverie.Agents;

/// <summary>An agent without a model that says how much useful arithmetic it does, so that <c>reverie bench</c> can hold its
/// time against the machine's limit. Of agents with a model this follows from their configuration.</summary>
public interface ICountedAgent : IAgent
{
    /// <summary>What it does at the sizes of its configuration.</summary>
    AgentProducts Products { get; }
}

/// <summary>Useful arithmetic: multiply-adds of dense layers and convolutions alone; going back counts one pass for the
/// gradients of inputs and one for those of weights.</summary>
/// <param name="Update">Of one update, forwards and back; a mean over <paramref name="Cycle"/> of them.</param>
/// <param name="Act">Of one decision of one environment.</param>
/// <param name="Cycle">Updates after which it does the same again: more than 1 where a part learns at every other update.</param>
public sealed record AgentProducts(double Update, double Act, int Cycle = 1)
{
    /// <summary>Multiply-adds of a row in dense layers: one for each entry of a matrix of weights.</summary>
    internal static double Dense(params Module[] modules) => modules.SelectMany(module => module.NamedParameters())
        .Where(one => one.Value.Shape.Length == 2).Sum(one => (double)one.Value.Numel);
}
