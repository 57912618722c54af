using Reverie.Environments;

namespace Reverie.Tests.Fakes;

/// <summary>
/// An environment in which everything tells the time: on row t the picture, the vector and the reward are functions
/// of t, and the vector repeats the action that led to the row. Whatever shifts a row on its way is seen.
/// </summary>
internal sealed class CountingEnvironment(int length = 10, bool terminates = false, int actionSize = 2,
    ImageSpace? image = null) : IEnvironment
{
    private int t = -1;

    public static ImageSpace SmallImage { get; } = new(2, 3, 3);

    /// <summary>Episodes begun.</summary>
    public int Resets { get; private set; }

    public Space ObservationSpace => new MixedSpace(Image, BoxSpace.Uniform(1 + actionSize, -1e6f, 1e6f));

    public Space ActionSpace => BoxSpace.Uniform(actionSize, -1e6f, 1e6f);

    private ImageSpace Image { get; } = image ?? SmallImage;

    /// <summary>The picture of row t.</summary>
    public static byte[] ImageAt(int t, int size) =>
        [.. Enumerable.Range(0, size).Select(i => (byte)(i % 2 == 0 ? t : (t >> 8) + i))];

    /// <summary>The reward of row t, 0 on that of the reset.</summary>
    public static float RewardAt(int t) => t * 0.5f;

    /// <summary>The action that a test takes to reach row t.</summary>
    public float[] ActionAt(int t) => [.. Enumerable.Range(0, actionSize).Select(i => t == 0 ? 0 : t + 0.25f * i)];

    public TimeStep Reset(int? seed = null)
    {
        t = 0;
        Resets++;
        return Row(new float[actionSize]);
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        if (t < 0 || t >= length)
            throw new InvalidOperationException("a step without a reset");
        t++;
        return Row(action);
    }

    public void Dispose()
    {
    }

    private TimeStep Row(ReadOnlySpan<float> action) => new()
    {
        Image = ImageAt(t, Image.Size),
        Vector = [t, .. action],
        Reward = RewardAt(t),
        IsFirst = t == 0,
        IsLast = t == length,
        IsTerminal = terminates && t == length,
    };
}
