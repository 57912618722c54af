using Microsoft.Extensions.Logging;
using Reverie.Torch;

namespace Reverie.Replay;

/// <summary>
/// The pictures of episodes as bytes on a device, where batches of them are put together, so that none crosses from the
/// host again. All of them or none: once they no longer fit, the replay goes on from the host, and a line says so.
/// </summary>
/// <param name="device">Where.</param>
/// <param name="space">Of the pictures.</param>
/// <param name="limit">Bytes.</param>
/// <param name="logger">Told why there are no more.</param>
internal sealed class DevicePictures(Device device, Environments.ImageSpace space, long limit, ILogger logger)
    : IDisposable
{
    private readonly Dictionary<EpisodeFile, Tensor> episodes = [];         // (rows, H, W, C)
    private long bytes;

    /// <summary>False once they did not fit.</summary>
    public bool Fit { get; private set; } = true;

    /// <summary>Takes in an episode that is not there yet; false where it does not fit.</summary>
    public bool TryKeep(EpisodeFile file, Episode episode)
    {
        if (!Fit || episodes.ContainsKey(file)) return Fit;
        if (bytes + episode.Image.Length > limit)
            return GiveUp($"they take more than replay.device_gb = {limit / 1e9:0.###}");
        try
        {
            using var scope = new TensorScope();
            episodes[file] = Tensor.FromArray(
                episode.Image, [episode.Rows, space.Height, space.Width, space.Channels], device).Keep();
        }
        catch (TorchException full)
        {
            return GiveUp(full.Message);
        }
        bytes += episode.Image.Length;
        return true;
    }

    /// <summary>Rows of an episode as a view, in the scope that is open.</summary>
    public Tensor Rows(EpisodeFile file, int from, int count) => episodes[file].Narrow(0, from, count);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pictures in episodes.Values) pictures.Dispose();
        episodes.Clear();
    }

    private bool GiveUp(string reason)
    {
        Dispose();
        logger.Warn($"pictures come from the host, not from {device}: {reason}");
        return Fit = false;
    }
}
