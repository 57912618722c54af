namespace Reverie.Environments;

/// <summary>
/// An environment: the only thing Reverie needs to know of a world. Not thread-safe; one instance a thread.
/// </summary>
public interface IEnvironment : IDisposable
{
    /// <summary>The shape of what <see cref="TimeStep"/> carries.</summary>
    Space ObservationSpace { get; }

    /// <summary><see cref="BoxSpace"/>, <see cref="DiscreteSpace"/>, or a <see cref="GroupedSpace"/> of several.</summary>
    Space ActionSpace { get; }

    /// <summary>Begins an episode and returns its first row.</summary>
    /// <param name="seed">When given, everything random from here on follows from it: same seed, same episode.</param>
    TimeStep Reset(int? seed = null);

    /// <summary>Applies an action and returns the row it led to.</summary>
    /// <param name="action">Inside the bounds of <see cref="ActionSpace"/>.</param>
    TimeStep Step(ReadOnlySpan<float> action);
}
