using Reverie.Agents;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Pictures;
using Reverie.Replay;

namespace Reverie.Dreams;

/// <summary>Open-loop prediction of an episode (P App. H): some observations are shown, the rest is imagined from the
/// actions alone.</summary>
/// <param name="Pictures">Truth and prediction, both quantised to the colours that the model works with; null where the
/// model sees no pictures.</param>
/// <param name="Vectors">Truth and prediction on the environment's scale; null where the model sees no vectors.</param>
public sealed record OpenLoopDream(DreamClip? Pictures, DreamCurves? Vectors)
{
    /// <summary>Predicts part of an episode.</summary>
    /// <param name="agent">Whose model predicts.</param>
    /// <param name="episode">What happened.</param>
    /// <param name="from">Its first row that is used.</param>
    /// <param name="length">Rows in all; fewer where the episode ends before.</param>
    /// <param name="context">Rows that the model sees, at least 1 and fewer than there are rows.</param>
    /// <param name="seed">Decides the samples of the latents.</param>
    /// <param name="temperature">τ of an agent whose dreams have one; 1 draws from what it learned.</param>
    /// <exception cref="ReverieException">The episode has too few rows from there on.</exception>
    public static OpenLoopDream Of(IDreamingAgent agent, Episode episode, int from, int length, int context, ulong seed,
        double temperature = 1)
    {
        DemandRows(from, length, context);
        var rows = Math.Min(length, episode.Rows - from);
        if (rows <= context)
            throw new ConfigurationException($"dream: the episode has {episode.Rows} rows; {context} rows of context from "
                + $"row {from} on leave nothing to imagine");
        var chunk = new SequenceBatch(episode.Layout, rows, 1);
        chunk.CopyFrom(episode, from, rows, 0, 0);
        return Of(agent.OpenLoop(chunk, context, temperature, seed), chunk, context);
    }

    /// <summary>Refuses what would leave nothing to imagine, however long the episode.</summary>
    /// <exception cref="ConfigurationException">It would.</exception>
    internal static void DemandRows(int from, int length, int context)
    {
        if (from < 0 || context < 1 || length <= context)
            throw new ConfigurationException($"dream: of {length} rows from row {from} on, {context} are context, so that none is "
                + "left to imagine; give more rows or less context");
    }

    /// <summary>Rows of a chunk, the first of them seen, beside what the model has of them.</summary>
    internal static OpenLoopDream Of(ShownRows shown, SequenceBatch chunk, int context) => new(
        shown is { Truth: { } truth, Pictures: { } pictures } ? Clip(chunk.Layout.Image!, truth, pictures, context) : null,
        shown.Vectors is { } vectors ? Curves(chunk, vectors, context) : null);

    private static DreamClip Clip(ImageSpace space, byte[] truth, byte[] pictures, int context) => new()
    {
        Truth = space.ToRgb(truth),
        Model = space.ToRgb(pictures),
        Height = space.Height,
        Width = space.ToShown().Width,
        ContextFrames = context,
    };

    private static DreamCurves Curves(SequenceBatch chunk, float[] vectors, int context) => new()
    {
        Truth = chunk.Vector,
        Model = vectors,
        Names = [.. Enumerable.Range(0, chunk.Layout.VectorSize).Select(i => $"entry {i}")],
        ContextRows = context,
    };
}
