using Reverie.Environments;

namespace Reverie.Replay;

/// <summary>What one row of an episode is made of.</summary>
/// <param name="Image">The picture, uint8 (H, W, C); null where there is none.</param>
/// <param name="VectorSize">Entries of the vector observation; 0 where there is none.</param>
/// <param name="ActionSize">Entries of the action, A; the number of choices where they are one-hot.</param>
/// <param name="OneHot">Whether actions are choices, each a one-hot vector, rather than points in [−1, 1]; false where
/// they have <see cref="Groups"/>. A file of an episode does not say; see <see cref="Accepts"/>.</param>
public sealed record EpisodeLayout(ImageSpace? Image, int VectorSize, int ActionSize, bool OneHot = false)
{
    private readonly ActionGroups? several;

    /// <summary>What an action is made of: one group, of A choices or entries, unless there are several.</summary>
    public ActionGroups Groups
    {
        get => several ?? new((ActionSize, OneHot));
        init => several = value.Count > 1 || value.IsMasked ? value : null;
    }

    /// <summary>Bytes of one picture; 0 where there is none.</summary>
    public int ImageSize => Image?.Size ?? 0;

    /// <summary>Entries of the mask of actions; 0 where there is none.</summary>
    public int MaskSize => Groups.IsMasked ? ActionSize : 0;

    /// <summary>Bytes of one row in memory: picture, vector, action, reward, three flags and the mask.</summary>
    public long BytesPerRow => ImageSize + sizeof(float) * (VectorSize + ActionSize + 1L) + 3 + MaskSize;

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
        var groups = ActionGroups.Of(action);
        return new EpisodeLayout(image, vector, groups.Size, groups.IsOneHot) { Groups = groups };
    }

    /// <summary>Whether an episode read from a file is one of these: the same shapes, and one-hot actions where they
    /// are due.</summary>
    internal bool Accepts(Episode episode) => episode.Layout.Groups.IsMasked == Groups.IsMasked
        && episode.Layout with { OneHot = OneHot, Groups = Groups } == this
        && Enumerable.Range(1, episode.Decisions).All(row => HasItsChoices(episode.ActionAt(row)));

    /// <summary>Whether an action is one-hot where choices are due.</summary>
    internal bool HasItsChoices(ReadOnlySpan<float> action)
    {
        foreach (var group in Groups)
            if (group.IsChoice && !DiscreteSpace.IsOneHot(action.Slice(group.Start, group.Size))) return false;
        return true;
    }

    private string Named => Image is not { Views.Count: > 0 } image ? ""
        : $" of {string.Join(" and ", image.Views.Select(view => $"{view.Name} {view.Channels}"))}";

    /// <inheritdoc/>
    public override string ToString() =>
        $"image {(Image is null ? "none" : $"({Image.Height}, {Image.Width}, {Image.Channels})")}{Named}, "
        + $"vector {VectorSize}, action {Groups}";
}
