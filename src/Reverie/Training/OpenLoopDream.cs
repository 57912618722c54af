using Reverie.Logging;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Training;

/// <summary>Open-loop prediction of an episode (P App. H): some pictures are shown, the rest is imagined from the
/// actions alone.</summary>
public static class OpenLoopDream
{
    /// <summary>Predicts part of an episode.</summary>
    /// <param name="model">Who predicts.</param>
    /// <param name="episode">What happened.</param>
    /// <param name="from">Its first row that is used.</param>
    /// <param name="length">Rows in all; fewer where the episode ends before.</param>
    /// <param name="context">Rows whose pictures the model sees, at least 1 and fewer than there are rows.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="seed">Decides the samples of the latents.</param>
    /// <returns>Truth and prediction, both quantised to the colours that the model works with.</returns>
    /// <exception cref="ReverieException">The episode has too few rows from there on.</exception>
    public static DreamClip Of(
        WorldModel model, Episode episode, int from, int length, int context, Device device, ulong seed)
    {
        var space = episode.Layout.Image ?? throw new ReverieException("dream: the run has no pictures to show");
        var rows = Math.Min(length, episode.Rows - from);
        if (from < 0 || context < 1 || rows <= context)
            throw new ReverieException($"dream: the episode has {episode.Rows} rows; {context} rows of context from "
                + $"row {from} on leave nothing to imagine");
        var chunk = new SequenceBatch(episode.Layout, rows, 1);
        chunk.CopyFrom(episode, from, rows, 0, 0);

        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var noise = new Generator(device, seed);
        var batch = ModelBatch.From(chunk, device);
        var features = model.OpenLoop(batch, context, noise, (long)seed);       // (L, 1, F)
        var step = 1 << (8 - model.Bits);
        return new DreamClip
        {
            Truth = Array.ConvertAll(chunk.Image, level => (byte)(level / step * step)),
            Model = model.Postprocess(model.Decode(features)[Observation.ImageKind].Mean),
            Height = space.Height,
            Width = space.Width,
            ContextFrames = context,
        };
    }
}
