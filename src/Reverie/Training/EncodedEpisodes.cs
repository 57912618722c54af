using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.IO;

namespace Reverie.Training;

/// <summary>What V of World Models makes of the episodes of a run: one file each, made where it is missing.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="agent">Whose V.</param>
/// <param name="seed">The run's.</param>
/// <param name="logger">Told of files that are damaged.</param>
internal sealed class EncodedEpisodes(string folder, WorldModels agent, int seed, ILogger logger)
{
    /// <summary>Name of the folder in a run.</summary>
    public const string Folder = "encodings";

    private const int Starts = 1000;    // Wc: dreams begin from one of so many first rows

    /// <summary>The encodings of all episodes of a run.</summary>
    /// <param name="episodes">Folder of the episodes.</param>
    /// <param name="manifest">Which of them.</param>
    /// <param name="before">CRC-32 of encodings that a checkpoint knows, by their names; null where it knows none.</param>
    /// <param name="cancel">Asks to stop between two files.</param>
    public EpisodeStore Open(string episodes, ReplayManifest manifest, IReadOnlyDictionary<string, uint>? before,
        CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        foreach (var name in manifest.Files.Where(name => !IsWhole(Path.Combine(folder, name), name, before)))
        {
            cancel.ThrowIfCancellationRequested();
            Encode(Path.Combine(episodes, name), Path.Combine(folder, name));
        }
        var store = new EpisodeStore(folder, seed, logger);
        store.TruncateTo(manifest with { Checksums = null });
        return store;
    }

    /// <summary>First rows that dreams may begin from, of as many episodes.</summary>
    public static float[][] StartsOf(EpisodeStore encodings) => [.. encodings.Files.Take(Starts)
        .Select(file => encodings.TryRead(file)?.VectorAt(0).ToArray()).OfType<float[]>()];

    // One of which the checkpoint knows no checksum was made after it, by the same V.
    private bool IsWhole(string path, string name, IReadOnlyDictionary<string, uint>? before)
    {
        if (!File.Exists(path)) return false;
        if (before?.TryGetValue(name, out var due) is not true) return true;
        try
        {
            if (FileSum.Of(path) == due) return true;
            logger.Warn($"{path}: is damaged (its checksum is another); made anew");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            logger.Warn($"{error.Message}; made anew");
        }
        return false;
    }

    private void Encode(string from, string to)
    {
        try
        {
            var episode = EpisodeArchive.Read(from);
            EpisodeArchive.Write(to, new Episode(agent.Encoded, episode.Rows, [], agent.Encode(episode),
                episode.Action, episode.Reward, episode.IsFirst, episode.IsLast, episode.IsTerminal, episode.Mask));
        }
        catch (InvalidDataException fault)
        {
            logger.Warn($"{fault.Message}; M learns without it");
        }
    }
}
