using Reverie.Environments;

namespace Reverie.Tests.Fakes;

/// <summary>Any spaces, whatever is done: pictures and vectors that tell the time, a reward for the first entry of the
/// action, a true end after ten steps. Where choices are masked, one of each is not
/// allowed, another one on every row.</summary>
internal sealed class SpacesEnvironment(Space observation, Space action) : IEnvironment
{
    private const int Steps = 10;
    private readonly ActionGroups groups = ActionGroups.Of(action);
    private int time;

    /// <summary>The last action.</summary>
    public float[] Done { get; private set; } = [];

    public Space ObservationSpace => observation;

    public Space ActionSpace => action;

    public TimeStep Reset(int? seed = null)
    {
        time = 0;
        return Row() with { IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        (Done, time) = (action.ToArray(), time + 1);
        return Row() with { Reward = action[0], IsLast = time == Steps, IsTerminal = time == Steps };
    }

    public void Dispose()
    {
    }

    private TimeStep Named(NamedSpace named) => new()
    {
        Pictures = named.Pictures.ToDictionary(one => one.Name,
            one => Enumerable.Repeat((byte)(20 * time), one.Image.Size).ToArray()),
        Vectors = named.Parts.Where(part => part.Space is not ImageSpace).ToDictionary(part => part.Name,
            part => part.Space is DiscreteSpace choices ? choices.OneHot(time % choices.Count)
                : Enumerable.Repeat(time / 10f, ((BoxSpace)part.Space).Size).ToArray()),
    };

    // Of each choice another one is not allowed from row to row.
    private bool[] Mask()
    {
        if (!groups.IsMasked) return [];
        bool[] mask = [.. Enumerable.Repeat(true, groups.Size)];
        foreach (var group in groups)
            if (group.IsChoice) mask[group.Start + time % group.Size] = false;
        return mask;
    }

    private TimeStep Row()
    {
        if (observation is NamedSpace named) return Named(named) with { ActionMask = Mask() };
        var image = new byte[SpaceRule.PictureOf(observation)?.Size ?? 0];
        Array.Fill(image, (byte)(20 * time));
        var vector = new float[SpaceRule.VectorOf(observation)?.Size ?? 0];
        Array.Fill(vector, time / 10f);
        return new TimeStep { Image = image, Vector = vector, ActionMask = Mask() };
    }
}
