using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Agents;

/// <summary>Open-loop prediction by World Models (W fig. 5 and §4): V draws the rows that are seen again, M imagines the
/// rest.</summary>
internal static class WorldModelsDream
{
    /// <inheritdoc cref="IDreamingAgent.OpenLoop"/>
    public static ShownRows OpenLoop(WorldModels agent, SequenceBatch chunk, int context, double temperature, ulong seed)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var random = new Generator(agent.Device, seed);
        var batch = ModelBatch.From(chunk, agent.Device);
        var (memory, seen) = (agent.Memory, batch.Narrow(0, context));
        var encoded = agent.Vae.Encode(Vae.Preprocess(seen.Seen.Image!)).Reshape(context, 1, -1);
        var (posterior, _) = memory.Observe(
            encoded, seen.Action, seen.Continues, memory.Initial(1), memory.Noise([context, 1], random));

        var latents = new List<Tensor> { posterior.Stoch };                                 // each (·, 1, Z)
        var state = posterior.Map(part => part[context - 1]);
        for (long t = context; t < chunk.L; t++)
        {
            var deter = memory.Recur(state, batch.Action[t]);
            var next = memory.Predict(deter).Next;
            state = new(deter, next.Tempered(temperature).Sample(memory.Noise([1], random)), next);
            latents.Add(state.Stoch.Unsqueeze(0));
        }
        return new(chunk.Image,
            Vae.Postprocess(agent.Vae.Decode(Tensor.Cat([.. latents]).Flatten(0, 1))), null);
    }
}
