namespace Reverie.Environments.Box2D;

/// <summary>A world of Box2D. Not thread-safe; different worlds do not know of each other.</summary>
public sealed class World : IDisposable
{
    private nint handle;

    /// <summary>An empty world.</summary>
    /// <exception cref="NativeException">Box2D is not there.</exception>
    public World(float gravityX, float gravityY) => handle = Box2DBinding.NewWorld(gravityX, gravityY);

    /// <summary>Version of the installed library: 20401 is 2.4.1.</summary>
    /// <exception cref="NativeException">Box2D is not there.</exception>
    public static int LibraryVersion => Box2DBinding.Version;

    /// <summary>What began and ceased to touch since <see cref="ClearContacts"/>, in order. Valid until the world is
    /// touched again.</summary>
    public ReadOnlySpan<Contact> Contacts => Box2DBinding.Contacts(Handle);

    internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(World));

    /// <summary>Makes a body without fixtures.</summary>
    /// <param name="type">How it moves.</param>
    /// <param name="x">Its origin.</param>
    /// <param name="y">Its origin.</param>
    /// <param name="angle">Radians.</param>
    /// <param name="tag">Its name in <see cref="Contacts"/>.</param>
    /// <exception cref="NativeException">A number is not finite.</exception>
    public Body AddBody(BodyType type, float x, float y, float angle, int tag) =>
        new(this, Box2DBinding.NewBody(Handle, type, x, y, angle, tag));

    /// <summary>Ties two bodies by a hinge.</summary>
    /// <exception cref="NativeException">The two are one, or the definition does not make sense.</exception>
    public RevoluteJoint AddJoint(Body bodyA, Body bodyB, RevoluteDefinition definition) =>
        new(this, Box2DBinding.NewRevolute(Handle, bodyA.Handle, bodyB.Handle, definition));

    /// <summary>Finds contacts, then moves everything.</summary>
    /// <param name="seconds">Length of the step.</param>
    /// <param name="velocityIterations">Rounds of the solver over velocities.</param>
    /// <param name="positionIterations">Rounds over positions, at most.</param>
    public void Step(float seconds, int velocityIterations, int positionIterations) =>
        Box2DBinding.Ensure(Box2DBinding.Step(Handle, seconds, velocityIterations, positionIterations));

    /// <summary>Forgets the contacts told so far.</summary>
    public void ClearContacts() => Box2DBinding.ClearContacts(Handle);

    /// <summary>Frees the world with its bodies and joints.</summary>
    public void Dispose()
    {
        Box2DBinding.FreeWorld(handle);
        handle = 0;
    }
}
