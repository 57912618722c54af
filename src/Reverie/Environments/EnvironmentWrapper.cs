namespace Reverie.Environments;

/// <summary>Passes everything on to the environment inside; wrappers override what they change.</summary>
public abstract class EnvironmentWrapper(IEnvironment inner) : IEnvironment
{
    /// <summary>The environment inside, which this one disposes of.</summary>
    protected IEnvironment Inner { get; } = inner;

    /// <inheritdoc/>
    public virtual Space ObservationSpace => Inner.ObservationSpace;

    /// <inheritdoc/>
    public virtual Space ActionSpace => Inner.ActionSpace;

    /// <inheritdoc/>
    public virtual TimeStep Reset(int? seed = null) => Inner.Reset(seed);

    /// <inheritdoc/>
    public virtual TimeStep Step(ReadOnlySpan<float> action) => Inner.Step(action);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes of the environment inside.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Inner.Dispose();
    }
}
