using Reverie.Agents;
using Reverie.Models;
using Reverie.Pictures;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Dreams;

/// <summary>Open-loop prediction of an episode (P App. H): some observations are shown, the rest is imagined from the
/// actions alone.</summary>
/// <param name="Pictures">Truth and prediction, both quantised to the colours that the model works with; null where the
/// model sees no pictures.</param>
/// <param name="Vectors">Truth and prediction on the environment's scale; null where the model sees no vectors.</param>
public sealed record OpenLoopDream(DreamClip? Pictures, DreamCurves? Vectors)
{
    /// <summary>Predicts part of an episode.</summary>
    /// <param name="model">Who predicts.</param>
    /// <param name="episode">What happened.</param>
    /// <param name="from">Its first row that is used.</param>
    /// <param name="length">Rows in all; fewer where the episode ends before.</param>
    /// <param name="context">Rows that the model sees, at least 1 and fewer than there are rows.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="seed">Decides the samples of the latents.</param>
    /// <exception cref="ReverieException">The episode has too few rows from there on.</exception>
    public static OpenLoopDream Of(
        WorldModel model, Episode episode, int from, int length, int context, Device device, ulong seed)
    {
        var chunk = Chunk(episode, from, length, context);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var noise = new Generator(device, seed);
        var batch = ModelBatch.From(chunk, device);
        return Decoded(model, chunk, model.OpenLoop(batch, context, noise, (long)seed), context);
    }

    /// <summary>The same by World Models (W fig. 5 and §4): V draws the rows that are seen again, M imagines the
    /// rest.</summary>
    /// <param name="agent">V and M.</param>
    /// <param name="episode">What happened.</param>
    /// <param name="from">Its first row that is used.</param>
    /// <param name="length">Rows in all; fewer where the episode ends before.</param>
    /// <param name="context">Rows that V and M see.</param>
    /// <param name="temperature">τ of M's mixtures; 1 draws from what it learned.</param>
    /// <param name="seed">Decides the samples of the latents.</param>
    /// <exception cref="ReverieException">The episode has too few rows from there on.</exception>
    public static OpenLoopDream Of(
        WorldModels agent, Episode episode, int from, int length, int context, double temperature, ulong seed)
    {
        var chunk = Chunk(episode, from, length, context);
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
        var space = chunk.Layout.Image!;
        return new(new DreamClip
        {
            Truth = space.ToRgb(chunk.Image),
            Model = space.ToRgb(Vae.Postprocess(agent.Vae.Decode(Tensor.Cat([.. latents]).Flatten(0, 1)))),
            Height = space.Height,
            Width = space.Width,
            ContextFrames = context,
        }, null);
    }

    private static SequenceBatch Chunk(Episode episode, int from, int length, int context)
    {
        var rows = Math.Min(length, episode.Rows - from);
        if (from < 0 || context < 1 || rows <= context)
            throw new ConfigurationException($"dream: the episode has {episode.Rows} rows; {context} rows of context from "
                + $"row {from} on leave nothing to imagine");
        var chunk = new SequenceBatch(episode.Layout, rows, 1);
        chunk.CopyFrom(episode, from, rows, 0, 0);
        return chunk;
    }

    /// <summary>Features (L, 1, F) of a chunk's rows, the first of them seen, decoded beside the chunk.</summary>
    internal static OpenLoopDream Decoded(WorldModel model, SequenceBatch chunk, Tensor features, int context)
    {
        var dreamt = model.Decode(features);
        return new(
            dreamt.TryGetValue(Observation.ImageKind, out var images) ? Clip(model, chunk, images.Mean, context) : null,
            dreamt.TryGetValue(Observation.VectorKind, out var vectors) ? Curves(chunk, vectors.Mean, context) : null);
    }

    private static DreamClip Clip(WorldModel model, SequenceBatch chunk, Tensor images, int context)
    {
        var space = chunk.Layout.Image!;
        return new()
        {
            Truth = space.ToRgb(model.Quantize(chunk.Image)),
            Model = space.ToRgb(model.Postprocess(images)),
            Height = space.Height,
            Width = space.Width,
            ContextFrames = context,
        };
    }

    private static DreamCurves Curves(SequenceBatch chunk, Tensor vectors, int context) => new()
    {
        Truth = chunk.Vector,
        Model = vectors.Symexp().ToArray<float>(),
        Names = [.. Enumerable.Range(0, chunk.Layout.VectorSize).Select(i => $"entry {i}")],
        ContextRows = context,
    };
}
