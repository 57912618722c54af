using Reverie.Environments;

namespace Reverie.Tests.Fakes;

/// <summary>Places that actions push, one an entry, seen as a vector with as many entries more as asked for. Rewards are of
/// the first place alone, on a scale that tells tasks apart.</summary>
internal sealed class PushEnvironment(int seed, int actions, int entries, double scale) : IEnvironment
{
    private readonly float[] places = new float[actions];
    private RandomSource random = new((ulong)seed);

    public Space ObservationSpace => Seen(entries);

    public Space ActionSpace => BoxSpace.Uniform(actions, -1, 1);

    /// <summary>Makes a task known.</summary>
    /// <param name="task">Its name.</param>
    /// <param name="actions">Entries of an action.</param>
    /// <param name="entries">Entries of the vector, at least as many.</param>
    /// <param name="scale">What a reward is at most.</param>
    /// <param name="repeat">Environment steps of a decision.</param>
    /// <param name="steps">Environment steps of an episode.</param>
    public static void Register(string task, int actions, int entries, double scale, int repeat = 1, int steps = 10) =>
        EnvironmentRegistry.Register(
            new TaskInfo
            {
                Task = task, Domain = "test", ObservationSpace = Seen(entries), ActionSpace = BoxSpace.Uniform(actions, -1, 1),
                ActionRepeat = repeat, EpisodeSteps = steps,
            },
            (_, seed) => new PushEnvironment(seed, actions, entries, scale));

    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) random = new RandomSource((ulong)given);
        for (var i = 0; i < actions; i++) places[i] = (float)random.NextDouble(-1, 1);
        return Row(0) with { IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        if (action.Length != actions) throw new InvalidOperationException($"{action.Length} entries where {actions} are due");
        for (var i = 0; i < actions; i++) places[i] = Math.Clamp(places[i] + 0.5f * action[i], -2, 2);
        return Row((float)(scale * Math.Exp(-places[0] * places[0])));
    }

    public void Dispose()
    {
    }

    private static BoxSpace Seen(int entries) => BoxSpace.Uniform(entries, float.NegativeInfinity, float.PositiveInfinity);

    private TimeStep Row(float reward)
    {
        var vector = new float[entries];
        places.CopyTo(vector, 0);
        for (var i = actions; i < entries; i++) vector[i] = 1;
        return new TimeStep { Image = [], Vector = vector, Reward = reward };
    }
}
