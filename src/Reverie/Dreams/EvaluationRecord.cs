using System.Globalization;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Torch.IO;

namespace Reverie.Dreams;

/// <summary>
/// What an evaluation leaves in the run directory for those who look: the first of its episodes
/// (<c>evaluations/UPDATES-episode.npz</c>, laid out as training episodes are), the model's open-loop dream of its
/// beginning (<c>-dream.npz</c>) and what the agent looked ahead at on the way (<c>-foresight.npz</c>).
/// </summary>
/// <remarks>Nothing of a run depends on it, and all of it follows from the agent, the episode and the seed: a run that
/// goes on from a checkpoint writes the same files again.</remarks>
public static class EvaluationRecord
{
    /// <summary>Ends of the files' names.</summary>
    public const string EpisodeEnd = "-episode.npz", DreamEnd = "-dream.npz", ForesightEnd = "-foresight.npz";

    /// <summary>Writes the files.</summary>
    /// <param name="directory">The run's <see cref="RunDirectory.EvaluationFolder"/>; made where it is not.</param>
    /// <param name="updates">Updates before the evaluation.</param>
    /// <param name="episode">What was played.</param>
    /// <param name="dream">What the model made of it; null where there is no model, or nothing to imagine.</param>
    /// <param name="foresight">What the agent looked ahead at; null for one that does not.</param>
    /// <param name="task">What stands in the names for the second and later of several tasks, <c>-walker_walk</c>.</param>
    /// <exception cref="DataException">The disk is full or refuses.</exception>
    public static void Write(
        string directory, long updates, Episode episode, OpenLoopDream? dream, Foresight? foresight, string task = "")
    {
        try
        {
            Directory.CreateDirectory(directory);
            var name = Path.Combine(directory, updates.ToString("D9", CultureInfo.InvariantCulture)) + task;
            EpisodeArchive.Write(name + EpisodeEnd, episode);
            if (dream is not null)
                Npz.Write(name + DreamEnd, Arrays(dream, episode));
            if (foresight is not null)
                Npz.Write(name + ForesightEnd, foresight.Arrays());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{directory}: the evaluation's record is not written: {error.Message}", error);
        }
    }

    private static IEnumerable<KeyValuePair<string, NpyArray>> Arrays(OpenLoopDream dream, Episode episode)
    {
        yield return new("context", new NpyArray(new[] { dream.Pictures?.ContextFrames ?? dream.Vectors!.ContextRows }, 1));
        if (dream.Pictures is { } clip)
        {
            int[] shape = [clip.Count, clip.Height, clip.Width, 3];
            yield return new("truth", new NpyArray(clip.Truth, shape));
            yield return new("model", new NpyArray(clip.Model, shape));
        }
        if (dream.Vectors is { } curves)
        {
            yield return new("vector_truth", new NpyArray(curves.Truth, curves.Count, episode.Layout.VectorSize));
            yield return new("vector_model", new NpyArray(curves.Model, curves.Count, episode.Layout.VectorSize));
        }
    }
}
