using Reverie.Environments;

namespace Reverie.Dreams;

/// <summary>The environment that a dream departs from: an episode that follows the dream's actions when it is asked to,
/// and stands still otherwise. Made when it is first needed.</summary>
/// <param name="make">Makes it.</param>
internal sealed class RealWorld(Func<IEnvironment> make) : IDisposable
{
    private IEnvironment? environment;

    /// <summary>Where it stands.</summary>
    public TimeStep Row { get; private set; }

    /// <summary>Actions that it followed.</summary>
    public int Decisions { get; private set; }

    /// <summary>Sum of the rewards on the way, on the scale that <see cref="Follow"/> was given.</summary>
    public double Return { get; private set; }

    /// <summary>Begins an episode.</summary>
    /// <exception cref="ReverieException">It cannot be made, or is broken.</exception>
    public void Reset(int seed)
    {
        environment ??= make();
        (Row, Decisions, Return) = (environment.Reset(seed), 0, 0);
    }

    /// <summary>Does what it has not yet done of the actions since the reset, as far as the episode goes.</summary>
    /// <param name="actions">All of them.</param>
    /// <param name="scale">Of rewards.</param>
    /// <param name="cancel">Leaves between two.</param>
    /// <returns>Whether it did all.</returns>
    public bool Follow(IReadOnlyList<float[]> actions, Func<double, double> scale, CancellationToken cancel)
    {
        while (Decisions < actions.Count && !Row.IsLast)
        {
            cancel.ThrowIfCancellationRequested();
            // A dream may do what the environment does not allow.
            Row = environment!.Step(ActionGroups.Of(environment.ActionSpace).Obeying(actions[Decisions], Row.ActionMask));
            Return += scale(Row.Reward);
            Decisions++;
        }
        return Decisions == actions.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => environment?.Dispose();
}
