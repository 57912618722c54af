using Reverie.Replay;

namespace Reverie.Training;

/// <summary>What an actor has played for a ticket, on its way to the learner.</summary>
/// <param name="Episodes">One of each of its environments.</param>
/// <param name="Version">Updates that had made the parameters, on average over decisions; −1 where actions were random.</param>
/// <param name="Seconds">What a decision took.</param>
internal sealed record ActorParcel(IReadOnlyList<CollectedEpisode> Episodes, long Version, double Seconds)
{
    /// <summary>Updates made since those of its parameters; null where actions were random.</summary>
    public long? StalenessAt(long updates) => Version < 0 ? null : updates - Version;

    /// <summary>As bytes: a head, then each episode with its latents and the npz file that it is.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        writer.Write(Seconds);
        writer.Write(Episodes.Count);
        foreach (var one in Episodes)
        {
            var episode = one.Episode;
            writer.Write(one.EnvSteps);
            writer.Write(one.Restarts);
            writer.Write(episode.Task);
            writer.Write(one.Latents.Length);
            writer.Write(one.Latents);
            var file = EpisodeArchive.ToBytes(episode);
            writer.Write(file.Length);
            writer.Write(file);
        }
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>From bytes, each episode checked as one from the disk is.</summary>
    /// <param name="bytes">As <see cref="ToBytes"/> makes them.</param>
    /// <param name="layout">What the learner's rows are made of.</param>
    /// <exception cref="DataException">They are none, or of other rows.</exception>
    public static ActorParcel From(byte[] bytes, EpisodeLayout layout)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        try
        {
            var (version, seconds) = (reader.ReadInt64(), reader.ReadDouble());
            var episodes = new CollectedEpisode[reader.ReadInt32()];
            for (var i = 0; i < episodes.Length; i++)
            {
                var (envSteps, restarts, task) = (reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32());
                var latents = reader.ReadBytes(reader.ReadInt32());
                var episode = EpisodeArchive.Read(reader.ReadBytes(reader.ReadInt32()), $"episode {i}").Of(layout);
                episode.Task = task;
                episodes[i] = new(episode, envSteps, restarts) { Latents = latents };
            }
            return new(episodes, version, seconds);
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw new DataException($"what an actor sent is no episode ({error.Message})", error);
        }
    }
}
