using Reverie.Environments;

namespace Reverie.Replay;

/// <summary>What one row of an episode is made of.</summary>
/// <param name="Image">The picture, uint8 (H, W, C); null where there is none.</param>
/// <param name="VectorSize">Entries of the vector observation; 0 where there is none.</param>
/// <param name="ActionSize">Entries of the action, A; the number of choices where they are one-hot.</param>
/// <param name="OneHot">Whether actions are choices, each a one-hot vector, rather than points in [−1, 1]. A file of an
/// episode does not say; see <see cref="Accepts"/>.</param>
public sealed record EpisodeLayout(ImageSpace? Image, int VectorSize, int ActionSize, bool OneHot = false)
{
    /// <summary>Bytes of one picture; 0 where there is none.</summary>
    public int ImageSize => Image?.Size ?? 0;

    /// <summary>Bytes of one row in memory: picture, vector, action, reward and three flags.</summary>
    public long BytesPerRow => ImageSize + sizeof(float) * (VectorSize + ActionSize + 1L) + 3;

    /// <summary>The layout that belongs to the two spaces of an environment.</summary>
    /// <exception cref="EnvironmentException">A space that episodes cannot hold.</exception>
    public static EpisodeLayout From(Space observation, Space action)
    {
        var (image, vector) = observation switch
        {
            ImageSpace only => (only, 0),
            BoxSpace only => ((ImageSpace?)null, only.Size),
            MixedSpace both => (both.Image, both.Vector.Size),
            _ => throw new EnvironmentException($"replay: cannot hold observations of {observation}; "
                + "give an ImageSpace, a BoxSpace or a MixedSpace"),
        };
        return action switch
        {
            BoxSpace box => new EpisodeLayout(image, vector, box.Size),
            DiscreteSpace discrete => new EpisodeLayout(image, vector, discrete.Count, OneHot: true),
            _ => throw new EnvironmentException($"replay: cannot hold actions of {action}; "
                + "give a BoxSpace or a DiscreteSpace"),
        };
    }

    /// <summary>Whether an episode read from a file is one of these: the same shapes, and one-hot actions where they
    /// are due.</summary>
    internal bool Accepts(Episode episode) => episode.Layout with { OneHot = OneHot } == this
        && (!OneHot
            || Enumerable.Range(1, episode.Decisions).All(row => DiscreteSpace.IsOneHot(episode.ActionAt(row))));

    /// <inheritdoc/>
    public override string ToString() =>
        $"image {(Image is null ? "none" : $"({Image.Height}, {Image.Width}, {Image.Channels})")}, "
        + $"vector {VectorSize}, action {ActionSize}{(OneHot ? " one-hot" : "")}";
}
